/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { ChatWire } from '../../src/chats/index.ts'
import type { InviteWire } from '../../src/joining/index.ts'
import { chatName } from '../chats/naming.ts'
import { Refused, Select } from '../Field.tsx'
import { Icon } from '../Icon.tsx'
import { CopyLink, LinkCard, LinkText } from '../LinkField.tsx'
import { confirm, sendHere } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  /** Those that let somebody in. */
  invites: readonly InviteWire[]
  /** Who made them, by id. */
  names: ReadonlyMap<string, string>
  /** Groups and channels that the maker may bring somebody into. */
  open: readonly ChatWire[]
  /** The one of these that is ticked already: nobody is to come into an empty room. */
  chosen?: ChatWire | undefined
  /** The one just made: its link is what everybody came for. */
  made?: InviteWire | undefined
  /** The links lead to the machine that they are opened on. */
  isOnlyHere?: boolean
  form?: FormState
}

const USES = [1, 5, 20, 100]
const DAYS = [1, 7, 30, 365]
/** An owner is made on the page of people, of somebody one knows: a link may end up with anybody. */
export const INVITED_ROLES = ['guest', 'member', 'admin'] as const

export const Invites = (props: Props) => {
  const { shell, invites, made } = props
  const { ui } = shell
  const { t } = ui
  const others = invites.filter(({ code }) => code !== made?.code)
  return (
    <Page {...shell} place="people" title={t.invites.title} lead={t.invites.lead} back="/settings">
      {props.isOnlyHere && <Warning ui={ui} text={t.invites.onlyHere} />}
      {made && (
        <LinkCard
          ui={ui}
          url={made.url}
          label={t.invites.link}
          heading={t.invites.made}
          lead={terms(ui, made)}
          tools={<Revoke ui={ui} invite={made} />}
        >
          <Beware ui={ui} invite={made} />
          {made.max_uses === null && <Warning ui={ui} text={t.invites.bewareAny} />}
        </LinkCard>
      )}
      <Make {...props} />
      <section class="section">
        <h2>{made ? t.invites.others : t.invites.list}</h2>
        {others.length === 0 && <p class="faint">{made ? t.invites.noOthers : t.invites.none}</p>}
        {others.length > 0 && (
          <ul class="rows" id="invites">
            {others.map((invite) => (
              <InviteRow {...props} invite={invite} />
            ))}
          </ul>
        )}
      </section>
    </Page>
  )
}

/** What a link allows, in one line. */
function terms(ui: Ui, { role, uses, max_uses: most, expires_at: end }: InviteWire): string {
  const { invites } = ui.t
  const left = most === null ? invites.usesEndless : invites.usesLeft(Math.max(0, most - uses))
  return [ui.t.role[role], left, invites.until(ui.dates.day(end))].join(' · ')
}

/** A role that one thinks about twice: said where the link is made, where it is copied and where it is revoked. */
const Beware = ({ ui, invite }: { ui: Ui; invite: InviteWire }) => (
  <>
    {invite.role === 'admin' && <Warning ui={ui} text={ui.t.invites.bewareAdmin} />}
    {invite.role === 'owner' && <Warning ui={ui} text={ui.t.invites.bewareOwner} />}
  </>
)

const Warning = ({ ui, text, when }: { ui: Ui; text: string; when?: 'admin' | 'any' }) => (
  <p class={`warning${when ? ` when-${when}` : ''}`}>
    <Icon ui={ui} name="alert" small />
    {text}
  </p>
)

const Make = ({ shell: { ui }, open, chosen, made, form }: Props) => {
  const { invites, role } = ui.t
  return (
    <section class="section">
      <h2>{invites.make}</h2>
      <form class="form" {...sendHere('/people/invites', 'invite')}>
        <div class="trio">
          <Labelled label={invites.role}>
            <Select
              ui={ui}
              name="role"
              label={invites.role}
              choices={INVITED_ROLES.map((value) => ({ value, label: role[value] }))}
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
        {/* What is said above of the link just made is not said twice. */}
        <div class="warnings">
          {made?.role !== 'admin' && <Warning ui={ui} text={invites.bewareAdmin} when="admin" />}
          {made?.max_uses !== null && <Warning ui={ui} text={invites.bewareAny} when="any" />}
        </div>
        {open.length > 0 && <Chats ui={ui} open={open} chosen={chosen} />}
        <Refused ui={ui} form={form} />
        <div class="line">
          <button class="button primary" type="submit">
            {invites.submit}
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

const Chats = ({ ui, open, chosen }: { ui: Ui } & Pick<Props, 'open' | 'chosen'>) => (
  <fieldset>
    <legend class="label">{ui.t.invites.chats}</legend>
    <div class="line choices">
      {open.map((chat) => (
        <label class="check">
          <input type="checkbox" name="chat_ids" value={chat.id} checked={chat.id === chosen?.id} />
          <span dir="auto">{chatName(ui, chat)}</span>
        </label>
      ))}
    </div>
    <p class="hint">{ui.t.invites.chatsGuest}</p>
  </fieldset>
)

const InviteRow = ({ shell: { ui }, invite, names }: Props & { invite: InviteWire }) => {
  const maker = names.get(invite.created_by)
  return (
    <li class="setting">
      <div>
        <b>{terms(ui, invite)}</b>
        <LinkText url={invite.url} label={ui.t.invites.link} />
        <p>
          {[invite.uses > 0 ? ui.t.invites.usedTimes(invite.uses) : '', maker ? ui.t.invites.by(maker) : '']
            .filter(Boolean)
            .join(' · ')}
        </p>
        <Beware ui={ui} invite={invite} />
      </div>
      <div class="line">
        <CopyLink ui={ui} url={invite.url} />
        <Revoke ui={ui} invite={invite} />
      </div>
    </li>
  )
}

const Revoke = ({ ui, invite: { code } }: { ui: Ui; invite: InviteWire }) => (
  <form
    {...sendHere(`/people/invites/${encodeURIComponent(code)}/revoke`, `revoke-${code}`)}
    {...confirm(ui.t.invites.revokeConfirm)}
  >
    <button class="button small quiet danger" type="submit">
      {ui.t.invites.revoke}
    </button>
  </form>
)
