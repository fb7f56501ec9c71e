/** @jsxImportSource hono/jsx */
import type { PersonWire } from '../../src/accounts/index.ts'
import type { ChatWire } from '../../src/chats/index.ts'
import { Refused } from '../Field.tsx'
import { confirm, send } from '../links.ts'
import { RowButton, RowLink } from '../RowLink.tsx'
import type { FormState, Ui } from '../Ui.ts'
import { chatName, isAdmin, kindName } from './naming.ts'
import { Panel } from './Panel.tsx'
import { Sign } from './Sign.tsx'

interface Props {
  ui: Ui
  chat: ChatWire
  /** How many messages are pinned. */
  pins: number
  /** In a direct chat the other one, as the asker may see them. */
  other?: PersonWire
  /** What was wrong when the asker wanted to leave. */
  form?: FormState
}

/** What a chat is, and the ways on from here. */
export const ChatDetails = ({ ui, chat, pins, other, form }: Props) => (
  <Panel ui={ui} title={ui.t.about.title} chat={chat}>
    <section class="about">
      <Sign ui={ui} chat={chat} />
      <h3 dir="auto">{chatName(ui, chat)}</h3>
      {other && <p class="faint">@{other.username}</p>}
      {other && <Status of={other} />}
      <p class="faint small-text">
        {kindName(ui, chat)} · {ui.t.about.createdOn(ui.dates.day(chat.created_at))}
      </p>
      {chat.topic && <p dir="auto">{chat.topic}</p>}
      {chat.archived_at !== null && <p class="tag warn">{ui.t.sidebar.archived}</p>}
    </section>
    {other && <Told ui={ui} person={other} />}
    <Ways ui={ui} chat={chat} pins={pins} {...(form ? { form } : {})} />
  </Panel>
)

const Status = ({ of: { status_emoji: emoji, status_text: text } }: { of: PersonWire }) =>
  emoji || text ? (
    <p dir="auto">
      {emoji && <span class="emoji">{emoji} </span>}
      {text}
    </p>
  ) : null

/** What somebody tells of themselves, and to server admins how they can be called. */
const Told = ({ ui, person: { bio, phone_number: phone } }: { ui: Ui; person: PersonWire }) =>
  bio || phone ? (
    <dl class="told">
      {bio && (
        <div>
          <dt>{ui.t.about.bio}</dt>
          <dd dir="auto">{bio}</dd>
        </div>
      )}
      {phone && (
        <div>
          <dt>{ui.t.profile.phone}</dt>
          <dd>{phone}</dd>
        </div>
      )}
    </dl>
  ) : null

const Ways = (props: Props) => {
  const { ui, chat, pins } = props
  return (
    <ul class="ways">
      <RowLink ui={ui} icon="pin" label={ui.t.pinned.title} to={`/chats/${chat.id}/pinned`} end={pins} />
      {chat.kind !== 'direct' && <Ruled {...props} />}
    </ul>
  )
}

/** Two who talk have no members to look after, and nothing to leave. */
const Ruled = ({ ui, chat, form }: Props) => {
  const { about } = ui.t
  return (
    <>
      <RowLink
        ui={ui}
        icon="people"
        label={about.members}
        to={`/chats/${chat.id}/members`}
        end={chat.member_count}
      />
      {isAdmin(chat) && (
        <RowLink ui={ui} icon="settings" label={about.settings} to={`/chats/${chat.id}/settings`} />
      )}
      <li>
        <form
          {...send(`/chats/${chat.id}/leave`, 'leave')}
          {...confirm(about.leaveConfirm(chatName(ui, chat)))}
        >
          <RowButton ui={ui} icon="leave" label={about.leave} />
          <Refused ui={ui} form={form} />
        </form>
      </li>
    </>
  )
}
