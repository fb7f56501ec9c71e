/** @jsxImportSource hono/jsx */
import type { OwnUserWire, PersonWire } from '../../src/accounts/index.ts'
import { Avatar, nameOf } from '../Avatar.tsx'
import { Refused, Select } from '../Field.tsx'
import { Icon } from '../Icon.tsx'
import { confirm, send, sendHere } from '../links.ts'
import { StatusSign } from '../Status.tsx'
import type { FormState, Ui } from '../Ui.ts'

type Role = PersonWire['role']

const RANKS: readonly Role[] = ['guest', 'member', 'admin', 'owner']
const rank = (role: Role): number => RANKS.indexOf(role)

export const isAdmin = (mine: Role): boolean => rank(mine) >= rank('admin')

/** Admins manage those below themselves; the server says the same again. */
const mayManage = (mine: Role, person: PersonWire): boolean => isAdmin(mine) && rank(mine) > rank(person.role)

interface Props {
  ui: Ui
  me: OwnUserWire
  person: PersonWire
  /** The row whose form was refused. */
  refused?: { userId: string; form: FormState } | undefined
  /** Whom the page speaks of above the list. */
  isMarked?: boolean
}

/** Who somebody is, by which name they are mentioned, and what may be done to them. */
export const PersonRow = ({ ui, me, person, refused, isMarked }: Props) => {
  const { peoplePage, role } = ui.t
  return (
    <tr id={`person-${person.id}`} {...(isMarked ? { class: 'marked' } : {})}>
      <td>
        <div class="person">
          <Avatar person={person} />
          <div>
            <div class="person-name">
              <b dir="auto">{nameOf(person)}</b> <StatusSign of={person} />{' '}
              <span class="faint">@{person.username}</span>
            </div>
            {person.email && <small>{person.email}</small>}
          </div>
        </div>
        {refused?.userId === person.id && <Refused ui={ui} form={refused.form} />}
      </td>
      <td>
        {mayManage(me.role, person) ? (
          <RoleForm ui={ui} mine={me.role} person={person} />
        ) : (
          <span class={`tag${person.role === 'owner' ? ' accent' : ''}`}>{role[person.role]}</span>
        )}
      </td>
      <td class="spare">
        {person.is_active ? peoplePage.active : <span class="tag warn">{peoplePage.deactivated}</span>}
      </td>
      <td>
        <div class="line nowrap row-tools">
          {person.id !== me.id && person.is_active && <Write ui={ui} person={person} />}
          {mayManage(me.role, person) && person.is_active && <ResetLink ui={ui} person={person} />}
          {mayManage(me.role, person) && <Activity ui={ui} person={person} />}
        </div>
      </td>
    </tr>
  )
}

interface ToolProps {
  ui: Ui
  person: PersonWire
}

/** Refused, the whole row is shown again: it says why. */
const manage = (person: PersonWire, id: string) =>
  sendHere(`/people/${person.id}/standing`, `${id}-${person.id}`, `person-${person.id}`)

const RoleForm = ({ ui, mine, person }: ToolProps & { mine: Role }) => (
  <form class="line nowrap set-role" {...manage(person, 'role')}>
    <Select
      ui={ui}
      name="role"
      label={ui.t.peoplePage.roleOf(nameOf(person))}
      choices={RANKS.filter((role) => rank(role) <= rank(mine)).map((role) => ({
        value: role,
        label: ui.t.role[role],
      }))}
      chosen={person.role}
    />
    <button class="button small" type="submit">
      {ui.t.peoplePage.setRole}
    </button>
  </form>
)

const Write = ({ ui, person }: ToolProps) => (
  <form {...send('/chats', `write-${person.id}`)}>
    <input type="hidden" name="kind" value="direct" />
    <input type="hidden" name="member_ids" value={person.id} />
    <button class="icon-button" type="submit" aria-label={ui.t.peoplePage.messageNamed(nameOf(person))}>
      <Icon ui={ui} name="compose" />
    </button>
  </form>
)

/** For who forgot their password where no mail is sent. */
const ResetLink = ({ ui, person }: ToolProps) => (
  <form
    {...sendHere(`/people/${person.id}/reset-link`, `reset-${person.id}`, `person-${person.id}`)}
    // The answer is no page that could be loaded again: the address stays the list's.
    hx-replace-url="false"
  >
    <button class="icon-button" type="submit" aria-label={ui.t.peoplePage.resetLinkNamed(nameOf(person))}>
      <Icon ui={ui} name="key" />
    </button>
  </form>
)

const Activity = ({ ui, person }: ToolProps) => {
  const { peoplePage } = ui.t
  const name = nameOf(person)
  return (
    <form
      {...manage(person, 'active')}
      {...(person.is_active ? confirm(peoplePage.deactivateConfirm(name)) : {})}
    >
      <input type="hidden" name="is_active" value={person.is_active ? 'no' : 'yes'} />
      <button
        class={`button small quiet${person.is_active ? ' danger' : ''}`}
        type="submit"
        aria-label={person.is_active ? peoplePage.deactivateNamed(name) : peoplePage.reactivateNamed(name)}
      >
        {person.is_active ? peoplePage.deactivate : peoplePage.reactivate}
      </button>
    </form>
  )
}
