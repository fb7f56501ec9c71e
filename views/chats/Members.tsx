/** @jsxImportSource hono/jsx */
import type { PersonWire, UserWire } from '../../src/accounts/index.ts'
import type { ChatWire, MemberWire } from '../../src/chats/index.ts'
import { Avatar, nameOf } from '../Avatar.tsx'
import { Field, Refused, Select } from '../Field.tsx'
import { confirm, more, sendHere } from '../links.ts'
import { StatusSign } from '../Status.tsx'
import type { FormState, Ui } from '../Ui.ts'
import { isAdmin } from './naming.ts'
import { Panel } from './Panel.tsx'

type ChatRole = MemberWire['role']

interface Props {
  ui: Ui
  chat: ChatWire
  /** Some who could be added; whoever is not among them is added by their whole username. */
  candidates?: readonly PersonWire[]
  members: readonly MemberWire[]
  meId: string
  /** By id, of those who have set one. */
  statuses?: ReadonlyMap<string, Pick<UserWire, 'status_emoji' | 'status_text'>>
  /** Where the list goes on. */
  nextUrl?: string | undefined
  add?: FormState<'username'>
  /** A row whose form was refused. */
  refused?: { userId: string; form: FormState }
}

const RANKS: readonly ChatRole[] = ['member', 'admin', 'owner']
const rank = (role: ChatRole): number => RANKS.indexOf(role)

/** Nobody acts on an equal or on someone above; the server says the same again. */
const mayManage = ({ chat, meId }: Props, member: MemberWire): boolean =>
  isAdmin(chat) &&
  chat.archived_at === null &&
  member.user.id !== meId &&
  rank(chat.me?.role ?? 'member') > rank(member.role)

/** A group's members add others; into a channel its admins do. */
export const mayAdd = ({ chat }: Pick<Props, 'chat'>): boolean =>
  chat.archived_at === null && (chat.kind === 'group' || (chat.kind === 'channel' && isAdmin(chat)))

export const Members = (props: Props) => {
  const { ui, chat, members, nextUrl } = props
  return (
    <Panel ui={ui} title={ui.t.membersPanel.title} chat={chat} back={`/chats/${chat.id}/about`}>
      {mayAdd(props) && <AddMember {...props} />}
      <ul id="members" class="members">
        {members.map((member) => (
          <Row {...props} member={member} />
        ))}
        {nextUrl && (
          <li class="more">
            <a class="button small" {...more(nextUrl, 'members')}>
              {ui.t.membersPanel.more}
            </a>
          </li>
        )}
      </ul>
    </Panel>
  )
}

const AddMember = ({ ui, chat, add, candidates = [] }: Props) => (
  <form class="form add-member" {...sendHere(`/chats/${chat.id}/members`, 'add-member')}>
    <Field
      ui={ui}
      name="username"
      // A morph keeps what stands in a field; another id makes it another field, once somebody came in.
      id={`add-username-${chat.member_count}`}
      label={ui.t.membersPanel.add}
      {...(add ? { form: add } : {})}
      autocomplete="off"
      list="candidates"
      required
    />
    <datalist id="candidates">
      {candidates.map((person) => (
        <option value={person.username} label={nameOf(person)} />
      ))}
    </datalist>
    <Refused ui={ui} form={add} />
    <button class="button" type="submit">
      {ui.t.membersPanel.addSubmit}
    </button>
  </form>
)

const Row = ({ member, ...props }: Props & { member: MemberWire }) => {
  const { ui, meId, refused } = props
  const { user, role } = member
  return (
    <li class="member" id={`member-${user.id}`}>
      <div class="person">
        <Avatar person={user} />
        <div>
          <b dir="auto">
            {nameOf(user)} <StatusSign of={props.statuses?.get(user.id)} />
          </b>
          <small>
            @{user.username}
            {user.id === meId && ` · ${ui.t.you}`}
          </small>
        </div>
        {role !== 'member' && <span class="tag push">{ui.t.role[role]}</span>}
      </div>
      {mayManage(props, member) && <Manage {...props} member={member} />}
      {refused?.userId === user.id && <Refused ui={ui} form={refused.form} />}
    </li>
  )
}

const Manage = ({ ui, chat, member }: Props & { member: MemberWire }) => {
  // Refused, the whole row is shown again: it says why.
  const { id } = member.user
  const name = nameOf(member.user)
  const roles = RANKS.filter((role) => rank(role) <= rank(chat.me?.role ?? 'member'))
  const at = `/chats/${chat.id}/members/${id}`
  return (
    <div class="line member-tools">
      <form class="line set-role" {...sendHere(`${at}/role`, `role-${id}`, `member-${id}`)}>
        <Select
          ui={ui}
          name="role"
          label={ui.t.membersPanel.role(name)}
          choices={roles.map((role) => ({ value: role, label: ui.t.role[role] }))}
          chosen={member.role}
        />
        <button class="button small" type="submit">
          {ui.t.membersPanel.setRole}
        </button>
      </form>
      <form
        {...sendHere(`${at}/remove`, `remove-${id}`, `member-${id}`)}
        {...confirm(`${ui.t.membersPanel.removeNamed(name)}?`)}
      >
        <button class="button small quiet" type="submit" aria-label={ui.t.membersPanel.removeNamed(name)}>
          {ui.t.membersPanel.remove}
        </button>
      </form>
    </div>
  )
}
