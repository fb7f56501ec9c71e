/** @jsxImportSource hono/jsx */
import type { UserWire } from '../../src/accounts/index.ts'
import { Avatar, nameOf } from '../Avatar.tsx'
import { Field, Refused, Segments } from '../Field.tsx'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { find, send } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { FormState, Ui } from '../Ui.ts'

export type NewKind = 'direct' | 'group' | 'channel'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  kind: NewKind
  /** A fresh UUID: a form sent twice makes one chat. */
  clientId: string
  /** Whom one may write to, by what was typed. */
  people: readonly UserWire[]
  query: string
  form?: FormState<'name' | 'topic' | 'member_ids'>
  chosen?: readonly string[]
  visibility?: 'private' | 'public'
}

/** One page for three kinds of chat; guests make no channels. */
export const CreateChat = (props: Props) => {
  const { shell, kind } = props
  const { ui, me } = shell
  const kinds: NewKind[] = me.role === 'guest' ? ['direct', 'group'] : ['direct', 'group', 'channel']
  return (
    <Page
      {...shell}
      place="chats"
      title={ui.t.create.title}
      lead={ui.t.create[`${kind}Lead`]}
      back="/"
      narrow
    >
      <nav class="tabs" aria-label={ui.t.create.kinds}>
        {kinds.map((one) => (
          <Go
            class="tab"
            to={`/chats/new?kind=${one}`}
            {...(one === kind ? { 'aria-current': 'page' as const } : {})}
          >
            {ui.t.create[one]}
          </Go>
        ))}
      </nav>
      {kind !== 'channel' && <FindPeople ui={ui} kind={kind} query={props.query} />}
      {kind === 'direct' ? <WriteTo {...props} ui={ui} /> : <MakeChat {...props} ui={ui} />}
    </Page>
  )
}

const FindPeople = ({ ui, kind, query }: { ui: Ui; kind: NewKind; query: string }) => (
  <form {...find('/chats/new', 'people')} hx-include="this, #create :checked">
    <input type="hidden" name="kind" value={kind} />
    <div class="field">
      <Icon ui={ui} name="search" />
      <input
        type="search"
        name="query"
        value={query}
        placeholder={ui.t.create.find}
        aria-label={ui.t.create.find}
        dir="auto"
      />
    </div>
  </form>
)

type Inside = Props & { ui: Ui }

/** Everybody is a button: one touch opens the chat. */
const WriteTo = ({ ui, people, form }: Inside) => (
  <form {...send('/chats', 'create')}>
    <input type="hidden" name="kind" value="direct" />
    <Refused ui={ui} form={form} />
    <ul class="listing" id="people">
      {people.map((person) => (
        <li class="listing-line">
          <button class="person pick" type="submit" name="member_ids" value={person.id}>
            <Face person={person} />
          </button>
        </li>
      ))}
      {people.length === 0 && <li class="faint">{ui.t.create.nobody}</li>}
    </ul>
  </form>
)

const MakeChat = ({ ui, kind, clientId, form, visibility = 'private', ...rest }: Inside) => (
  <form class="form" {...send('/chats', 'create')}>
    <input type="hidden" name="kind" value={kind} />
    <input type="hidden" name="client_id" value={clientId} />
    <Field
      ui={ui}
      name="name"
      label={ui.t.create.name}
      hint={ui.t.create.nameHint}
      {...(form ? { form } : {})}
      {...(kind === 'group' ? { note: ui.t.optional } : { required: true })}
      autocomplete="off"
      maxlength={80}
    />
    {kind === 'channel' ? (
      <>
        <Field
          ui={ui}
          name="topic"
          label={ui.t.create.topic}
          hint={ui.t.create.topicHint}
          note={ui.t.optional}
          {...(form ? { form } : {})}
          autocomplete="off"
          maxlength={250}
        />
        <Visibility ui={ui} chosen={visibility} />
      </>
    ) : (
      <PickPeople ui={ui} people={rest.people} chosen={rest.chosen ?? []} />
    )}
    <Refused ui={ui} form={form} />
    <div class="line">
      <button class="button primary" type="submit">
        {kind === 'channel' ? ui.t.create.submitChannel : ui.t.create.submitGroup}
      </button>
    </div>
  </form>
)

/** Who may come into a channel, in two words and what they mean. */
export const Visibility = ({ ui, chosen }: { ui: Ui; chosen: 'private' | 'public' }) => (
  <div>
    <span class="label">{ui.t.create.visibility}</span>
    <Segments
      name="visibility"
      label={ui.t.create.visibility}
      choices={(['private', 'public'] as const).map((value) => ({ value, label: ui.t.create[value] }))}
      chosen={chosen}
    />
    <p class="hint">{ui.t.create.visibilityHint}</p>
  </div>
)

const PickPeople = ({
  ui,
  people,
  chosen,
}: {
  ui: Ui
  people: Props['people']
  chosen: readonly string[]
}) => (
  <fieldset>
    <legend class="label">{ui.t.create.people}</legend>
    <p class="hint">{ui.t.create.peopleHint}</p>
    <ul class="listing" id="people">
      {people.map((person) => (
        <li class="listing-line">
          <label class="check person pick">
            <input type="checkbox" name="member_ids" value={person.id} checked={chosen.includes(person.id)} />
            <Face person={person} />
          </label>
        </li>
      ))}
      {people.length === 0 && <li class="faint">{ui.t.create.nobody}</li>}
    </ul>
  </fieldset>
)

const Face = ({ person }: { person: UserWire }) => (
  <>
    <Avatar person={person} />
    <span>
      <b dir="auto">{nameOf(person)}</b>
      <small>@{person.username}</small>
    </span>
  </>
)
