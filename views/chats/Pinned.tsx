/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import type { MessageWire } from '../../src/timeline/index.ts'
import { Avatar, nameOf } from '../Avatar.tsx'
import { Go } from '../Go.tsx'
import { plainOf } from '../islands/plain.ts'
import { more } from '../links.ts'
import type { Ui } from '../Ui.ts'
import { Panel } from './Panel.tsx'

interface Props {
  ui: Ui
  chat: ChatWire
  /** The newest pin first, of each text no more than how it begins. */
  messages: readonly MessageWire[]
  /** Where the list goes on. */
  nextUrl?: string
}

/** What a chat wants to keep at hand, each leading to its place in the conversation. */
export const Pinned = ({ ui, chat, messages, nextUrl }: Props) => (
  <Panel ui={ui} title={ui.t.pinned.title} chat={chat} back={`/chats/${chat.id}/about`}>
    {messages.length === 0 && <p class="panel-note faint">{ui.t.pinned.none}</p>}
    <ul id="pinned" class="pinned">
      {messages.map((message) => (
        <Row ui={ui} message={message} />
      ))}
      {nextUrl && (
        <li class="more">
          <a class="button small" {...more(nextUrl, 'pinned')}>
            {ui.t.pinned.more}
          </a>
        </li>
      )}
    </ul>
  </Panel>
)

const Row = ({ ui, message }: { ui: Ui; message: MessageWire }) => {
  const { sender, created_at: at, content } = message
  return (
    <li>
      <Go class="pin" to={`/chats/${message.chat_id}?message=${message.id}`}>
        {sender && <Avatar person={sender} size="small" />}
        <div>
          <div class="pin-head">
            {sender && <b dir="auto">{nameOf(sender)}</b>}
            <time class="faint small-text" datetime={at}>
              {ui.dates.full(at)}
            </time>
          </div>
          <p dir="auto">{plainOf(content)}</p>
        </div>
      </Go>
    </li>
  )
}
