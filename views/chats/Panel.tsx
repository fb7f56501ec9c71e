/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { ChatWire } from '../../src/chats/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import type { Ui } from '../Ui.ts'

interface Props {
  ui: Ui
  title: string
  chat: ChatWire
  /** The panel this one was opened from; none: the conversation. */
  back?: string
  children: Child
}

/** What stands beside a conversation: about it, its members, its settings. */
export const Panel = ({ ui, title, chat, back, children }: Props) => (
  <aside class="panel" id="panel" aria-labelledby="panel-title">
    <header class="panel-head">
      <Go
        class={`icon-button${back ? '' : ' back'}`}
        to={back ?? `/chats/${chat.id}`}
        aria-label={back ? ui.t.about.title : ui.t.back}
      >
        <Icon ui={ui} name="back" turns />
      </Go>
      <div class="chat-title">
        <h2 id="panel-title" tabindex={-1}>
          {title}
        </h2>
      </div>
      <Go class="icon-button" to={`/chats/${chat.id}`} aria-label={ui.t.close}>
        <Icon ui={ui} name="close" />
      </Go>
    </header>
    <div class="scroll panel-body">{children}</div>
  </aside>
)
