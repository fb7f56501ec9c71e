/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import { Refused } from '../Field.tsx'
import { confirm, send } from '../links.ts'
import { RowButton, RowLink } from '../RowLink.tsx'
import type { FormState, Ui } from '../Ui.ts'
import { chatName, isAdmin, kindName } from './naming.ts'
import { Panel } from './Panel.tsx'
import { Other, Sign } from './Sign.tsx'

interface Props {
  ui: Ui
  chat: ChatWire
  /** How many messages are pinned. */
  pins: number
  /** What was wrong when the asker wanted to leave. */
  form?: FormState
}

/** What a chat is, and the ways on from here. */
export const ChatDetails = ({ ui, chat, pins, form }: Props) => (
  <Panel ui={ui} title={ui.t.about.title} chat={chat}>
    <section class="about">
      <Sign ui={ui} chat={chat} />
      <h3 dir="auto">{chatName(ui, chat)}</h3>
      <p class="faint small-text">
        {kindName(ui, chat)} · {ui.t.about.createdOn(ui.dates.day(chat.created_at))}
      </p>
      {chat.topic && <p dir="auto">{chat.topic}</p>}
      {chat.archived_at !== null && <p class="tag warn">{ui.t.sidebar.archived}</p>}
    </section>
    {chat.kind === 'direct' && <Other chat={chat} />}
    <Ways ui={ui} chat={chat} pins={pins} {...(form ? { form } : {})} />
  </Panel>
)

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
