/** @jsxImportSource hono/jsx */
import type { PersonWire } from '../../src/accounts/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { LinkCard } from '../LinkField.tsx'
import { find, more } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'
import { isAdmin, PersonRow } from './PersonRow.tsx'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  people: readonly PersonWire[]
  query: string
  nextUrl?: string | undefined
  /** A row whose form was refused. */
  refused?: { userId: string; form: FormState }
  /** A link that sets somebody's password, just made. */
  resetLink?: { userId: string; name: string; url: string }
}

/** Everybody here. Members look people up and write to them; admins set roles. */
export const People = (props: Props) => {
  const { shell, people, query, nextUrl, resetLink: link } = props
  const { ui } = shell
  const { peoplePage } = ui.t
  return (
    <Page
      {...shell}
      place="people"
      title={peoplePage.title}
      back="/settings"
      act={isAdmin(shell.me.role) && <InviteThem ui={ui} />}
    >
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
              <PersonRow
                ui={ui}
                me={shell.me}
                person={person}
                refused={props.refused}
                isMarked={person.id === link?.userId}
              />
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

const InviteThem = ({ ui }: { ui: Ui }) => (
  <Go class="button" to="/people/invites">
    <Icon ui={ui} name="link" small />
    {ui.t.invites.invite}
  </Go>
)
