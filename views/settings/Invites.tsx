/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { ChatWire } from '../../src/chats/index.ts'
import type { InviteWire } from '../../src/joining/index.ts'
import { chatName } from '../chats/naming.ts'
import { Refused, Select } from '../Field.tsx'
import { CopyLink, LinkCard, LinkField } from '../LinkField.tsx'
import { confirm, sendHere } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  invites: readonly InviteWire[]
  /** Who made them, by id. */
  names: ReadonlyMap<string, string>
  /** Groups and channels that the maker may bring somebody into. */
  open: readonly ChatWire[]
  /** The one just made: its link is what everybody came for. */
  made?: InviteWire | undefined
  form?: FormState
}

const USES = [1, 5, 20, 100]
const DAYS = [1, 7, 30, 365]

export const Invites = (props: Props) => {
  const { shell, invites, made } = props
  const { ui } = shell
  const { t } = ui
  return (
    <Page {...shell} place="people" title={t.invites.title} lead={t.invites.lead} back="/settings">
      {made && (
        <LinkCard
          ui={ui}
          url={made.url}
          label={t.invites.link}
          heading={t.invites.made}
          lead={terms(ui, made)}
        />
      )}
      <Make {...props} />
      <section class="section">
        <h2>{t.invites.list}</h2>
        {invites.length === 0 && <p>{t.invites.none}</p>}
        <ul class="rows" id="invites">
          {invites.map((invite) => (
            <InviteRow {...props} invite={invite} />
          ))}
        </ul>
      </section>
    </Page>
  )
}

/** What a link allows, in one line. */
function terms(ui: Ui, { role, uses, max_uses: most, expires_at: end }: InviteWire): string {
  const { invites } = ui.t
  const left = most === null ? invites.usesAny : invites.usesLeft(Math.max(0, most - uses))
  return [ui.t.role[role], left, invites.until(ui.dates.day(end))].join(' · ')
}

const Make = ({ shell: { ui, me }, open, form }: Props) => {
  const { invites, role, invites: words } = ui.t
  const roles = (['guest', 'member', 'admin', 'owner'] as const).slice(0, me.role === 'owner' ? 4 : 3)
  return (
    <section class="section">
      <h2>{words.make}</h2>
      <form class="form" {...sendHere('/people/invites', 'invite')}>
        <div class="trio">
          <Labelled label={invites.role}>
            <Select
              ui={ui}
              name="role"
              label={invites.role}
              choices={roles.map((value) => ({ value, label: role[value] }))}
              chosen="member"
            />
          </Labelled>
          <Labelled label={invites.uses}>
            <Select
              ui={ui}
              name="max_uses"
              label={invites.uses}
              choices={[{ value: '', label: invites.usesAny }, ...USES.map(asChoice)]}
              chosen=""
            />
          </Labelled>
          <Labelled label={invites.expires}>
            <Select
              ui={ui}
              name="days"
              label={invites.expires}
              choices={DAYS.map((days) => ({ value: `${days}`, label: invites.days(days) }))}
              chosen="7"
            />
          </Labelled>
        </div>
        {open.length > 0 && <Chats ui={ui} open={open} />}
        <Refused ui={ui} form={form} />
        <div class="line">
          <button class="button primary" type="submit">
            {words.submit}
          </button>
        </div>
      </form>
    </section>
  )
}

const asChoice = (value: number) => ({ value: `${value}`, label: `${value}` })

/** The field inside says its own name; this one is for the eye. */
const Labelled = ({ label, children }: { label: string; children: Child }) => (
  <div>
    <span class="label" aria-hidden="true">
      {label}
    </span>
    {children}
  </div>
)

/** The oldest public channel is chosen already: nobody is to come into an empty room. */
const Chats = ({ ui, open }: { ui: Ui; open: readonly ChatWire[] }) => {
  const first = open.find(({ visibility }) => visibility === 'public')
  return (
    <fieldset>
      <legend class="label">{ui.t.invites.chats}</legend>
      <p class="hint">{ui.t.invites.chatsGuest}</p>
      <div class="line choices">
        {open.map((chat) => (
          <label class="check">
            <input type="checkbox" name="chat_ids" value={chat.id} checked={chat === first} />
            <span dir="auto">{chatName(ui, chat)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const InviteRow = ({ shell: { ui }, invite, names }: Props & { invite: InviteWire }) => {
  const maker = names.get(invite.created_by)
  return (
    <li class="setting">
      <div>
        <LinkField ui={ui} url={invite.url} label={ui.t.invites.link} />
        <p>
          {terms(ui, invite)}
          {invite.uses > 0 && ` · ${ui.t.invites.usedTimes(invite.uses)}`}
          {maker && ` · ${ui.t.invites.by(maker)}`}
        </p>
      </div>
      <div class="line">
        <CopyLink ui={ui} url={invite.url} />
        <form
          {...sendHere(`/people/invites/${encodeURIComponent(invite.code)}/revoke`, `revoke-${invite.code}`)}
          {...confirm(ui.t.invites.revokeConfirm)}
        >
          <button class="button small quiet danger" type="submit">
            {ui.t.invites.revoke}
          </button>
        </form>
      </div>
    </li>
  )
}
