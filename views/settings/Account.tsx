/** @jsxImportSource hono/jsx */
import type { SessionWire } from '../../src/accounts/index.ts'
import { PasswordField } from '../Credentials.tsx'
import { Refused } from '../Field.tsx'
import { Icon } from '../Icon.tsx'
import { more, sendHere } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'
import { Saved } from './Profile.tsx'

export type PasswordName = 'current_password' | 'new_password'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  sessions: readonly SessionWire[]
  nextUrl?: string | undefined
  form?: FormState<PasswordName>
  isChanged?: boolean
}

/** How one gets in, and where one is in. */
export const Account = ({ shell, sessions, nextUrl, form, isChanged }: Props) => {
  const { ui, me } = shell
  const { account } = ui.t
  return (
    <Page {...shell} place="settings" title={account.title} lead={me.email} back="/settings" narrow>
      <section class="section">
        <h2>{account.password}</h2>
        <p>{account.passwordLead}</p>
        <Password ui={ui} form={form} isChanged={isChanged === true} />
      </section>
      <section class="section">
        <h2>{account.sessions}</h2>
        <ul class="rows" id="sessions">
          {sessions.map((session) => (
            <SessionRow ui={ui} session={session} />
          ))}
          {nextUrl && (
            <li class="more">
              <a class="button small" {...more(nextUrl, 'sessions')}>
                {ui.t.show}
              </a>
            </li>
          )}
        </ul>
        {sessions.length > 1 && (
          <form {...sendHere('/settings/account/sessions/end-others', 'end-others')}>
            <button class="button" type="submit">
              {account.endOthers}
            </button>
          </form>
        )}
      </section>
    </Page>
  )
}

interface PasswordProps {
  ui: Ui
  form: Props['form']
  isChanged: boolean
}

/** A morph keeps what stands in a field; once the password is changed these are other fields. */
const afresh = (ui: Ui, isChanged: boolean): string => (isChanged ? `-${Date.parse(ui.now)}` : '')

const Password = ({ ui, form, isChanged }: PasswordProps) => (
  <form class="form" {...sendHere('/settings/account/password', 'password')}>
    <PasswordField
      ui={ui}
      form={form}
      which="current"
      name="current_password"
      id={`current_password${afresh(ui, isChanged)}`}
      label={ui.t.field.currentPassword}
    />
    <PasswordField
      ui={ui}
      form={form}
      which="new"
      name="new_password"
      id={`new_password${afresh(ui, isChanged)}`}
      label={ui.t.field.newPassword}
    />
    <Refused ui={ui} form={form} />
    <div class="line">
      <button class="button primary" type="submit">
        {ui.t.account.changePassword}
      </button>
      {isChanged && <Saved ui={ui} what={ui.t.account.passwordChanged} />}
    </div>
  </form>
)

const SessionRow = ({ ui, session }: { ui: Ui; session: SessionWire }) => {
  const device = deviceName(session.user_agent) || ui.t.account.unknownDevice
  return (
    <li class="setting" id={`session-${session.id}`}>
      <div>
        <b class="line">
          <Icon ui={ui} name={isDesk(session.user_agent) ? 'computer' : 'device'} />
          {device}
          {session.current && <span class="tag ok">{ui.t.account.current}</span>}
        </b>
        <p>
          {session.current ? ui.t.account.now : ui.t.account.lastUsed(ui.dates.full(session.last_used_at))} ·{' '}
          {ui.t.account.signedIn(ui.dates.day(session.created_at))}
        </p>
      </div>
      {!session.current && (
        <form {...sendHere(`/settings/account/sessions/${session.id}/end`, `end-${session.id}`)}>
          <button class="button small" type="submit" aria-label={ui.t.account.endNamed(device)}>
            {ui.t.account.end}
          </button>
        </form>
      )}
    </li>
  )
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/YaBrowser\//, 'Yandex'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]

/** Stands on a desk or a lap: what is unknown is drawn as what most people carry. */
export const isDesk = (userAgent: string): boolean =>
  ['Windows', 'macOS', 'Linux'].includes(firstIn(SYSTEMS, userAgent))

const firstIn = (list: [RegExp, string][], text: string): string =>
  list.find(([form]) => form.test(text))?.[1] ?? ''

/** `Firefox, Linux`; a program that is no browser keeps the name it gave itself. */
export function deviceName(userAgent: string): string {
  const known = [firstIn(BROWSERS, userAgent), firstIn(SYSTEMS, userAgent)].filter(Boolean).join(', ')
  return known || userAgent.slice(0, 60)
}
