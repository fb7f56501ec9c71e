/** @jsxImportSource hono/jsx */
import type { PersonWire } from '../../src/accounts/index.ts'
import { Avatar, nameOf } from '../Avatar.tsx'
import { Refused, Select } from '../Field.tsx'
import { Icon } from '../Icon.tsx'
import { LinkCard } from '../LinkField.tsx'
import { confirm, find, more, send, sendHere } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'

type Role = PersonWire['role']

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  people: readonly PersonWire[]
  query: string
  nextUrl?: string | undefined
  /** A row whose form was refused. */
  refused?: { userId: string; form: FormState }
  /** A link that sets somebody's password, just made. */
  resetLink?: { name: string; url: string }
}

const RANKS: readonly Role[] = ['guest', 'member', 'admin', 'owner']
const rank = (role: Role): number => RANKS.indexOf(role)

/** Admins manage those below themselves; the server says the same again. */
const mayManage = (mine: Role, person: PersonWire): boolean =>
  rank(mine) >= rank('admin') && rank(mine) > rank(person.role)

/** Everybody here. Members look people up and write to them; admins set roles. */
export const People = (props: Props) => {
  const { shell, people, query, nextUrl, resetLink: link } = props
  const { ui } = shell
  const { peoplePage } = ui.t
  return (
    <Page {...shell} place="people" title={peoplePage.title} back="/settings">
      {link && (
        <LinkCard
          ui={ui}
          url={link.url}
          label={peoplePage.resetLink}
          heading={peoplePage.resetLinkFor(link.name)}
          lead={peoplePage.resetLinkLead}
        />
      )}
      <form {...find('/people', 'people')}>
        <div class="field">
          <Icon ui={ui} name="search" />
          <input
            type="search"
            name="query"
            value={query}
            placeholder={peoplePage.find}
            aria-label={peoplePage.find}
            dir="auto"
          />
        </div>
      </form>
      <section class="table-scroll" aria-label={peoplePage.title}>
        <table class="table people">
          <thead>
            <tr>
              <th scope="col">{peoplePage.name}</th>
              <th scope="col">{peoplePage.role}</th>
              <th scope="col" class="spare">
                {peoplePage.state}
              </th>
              <td>
                <span class="hidden-text">{peoplePage.actions}</span>
              </td>
            </tr>
          </thead>
          <tbody id="people">
            {people.map((person) => (
              <Row {...props} person={person} />
            ))}
            {people.length === 0 && (
              <tr>
                <td colspan={4}>{peoplePage.none}</td>
              </tr>
            )}
            {nextUrl && (
              <tr class="more">
                <td colspan={4}>
                  <a class="button small" {...more(nextUrl, 'people')}>
                    {peoplePage.more}
                  </a>
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </Page>
  )
}

const Row = ({ shell, person, refused }: Props & { person: PersonWire }) => {
  const { ui, me } = shell
  const { peoplePage, role } = ui.t
  return (
    <tr id={`person-${person.id}`}>
      <td>
        <div class="person">
          <Avatar person={person} />
          <div>
            <b dir="auto">{nameOf(person)}</b>
            <small>{person.email ?? `@${person.username}`}</small>
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

interface RowProps {
  ui: Ui
  person: PersonWire
}

/** Refused, the whole row is shown again: it says why. */
const manage = (person: PersonWire, id: string) =>
  sendHere(`/people/${person.id}/standing`, `${id}-${person.id}`, `person-${person.id}`)

const RoleForm = ({ ui, mine, person }: RowProps & { mine: Role }) => (
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

const Write = ({ ui, person }: RowProps) => (
  <form {...send('/chats', `write-${person.id}`)}>
    <input type="hidden" name="kind" value="direct" />
    <input type="hidden" name="member_ids" value={person.id} />
    <button class="icon-button" type="submit" aria-label={ui.t.peoplePage.messageNamed(nameOf(person))}>
      <Icon ui={ui} name="compose" />
    </button>
  </form>
)

/** For who forgot their password where no mail is sent. */
const ResetLink = ({ ui, person }: RowProps) => (
  <form {...sendHere(`/people/${person.id}/reset-link`, `reset-${person.id}`, `person-${person.id}`)}>
    <button class="icon-button" type="submit" aria-label={ui.t.peoplePage.resetLinkNamed(nameOf(person))}>
      <Icon ui={ui} name="key" />
    </button>
  </form>
)

const Activity = ({ ui, person }: RowProps) => {
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
