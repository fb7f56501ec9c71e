/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { ChatWire } from '../../src/chats/index.ts'
import { Avatar } from '../Avatar.tsx'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { send } from '../links.ts'
import type { Ui } from '../Ui.ts'
import { Beginning } from './Beginning.tsx'
import { chatName, kindName, signOf } from './naming.ts'

interface Props {
  ui: Ui
  chat: ChatWire
  /** The living parts, drawn by the edge; none where the chat can't be read. */
  timeline?: Child
  composer?: Child
  /** What was written and can't be sent any more. */
  unsent?: Child
  /** Whether this person may bring new people into the warren. */
  mayInvite?: boolean
}

/** The middle of the app: what the chat is, what was said, and where to say something. */
export const Conversation = ({ ui, chat, timeline, composer, unsent, mayInvite }: Props) => (
  <main class="main" id="main" tabindex={-1} data-chat={chat.id}>
    <ConversationHead ui={ui} chat={chat} />
    {chat.me ? timeline : <JoinFirst ui={ui} chat={chat} />}
    {chat.me && chat.last_seq === 0 && <Beginning ui={ui} chat={chat} mayInvite={mayInvite ?? false} />}
    {chat.me && (
      <footer class="chat-foot">
        {mayInvite && isAloneInPublic(chat) && <InviteOthers ui={ui} chat={chat} />}
        {chat.archived_at === null ? composer : <p class="archived-bar">{ui.t.chat.archivedBar}</p>}
        {chat.archived_at !== null && unsent}
      </footer>
    )}
  </main>
)

const isAloneInPublic = (chat: ChatWire): boolean =>
  chat.visibility === 'public' && chat.member_count === 1 && chat.archived_at === null && chat.last_seq > 0

/** Whoever speaks where everybody could hear, and nobody is: this is the next thing to do. */
const InviteOthers = ({ ui, chat }: PartProps) => (
  <p class="alone">
    <span>{ui.t.invites.alone}</span>
    <Go class="button small" to={`/people/invites?chat=${chat.id}`}>
      <Icon ui={ui} name="people" small />
      {ui.t.invites.invite}
    </Go>
  </p>
)

type PartProps = Pick<Props, 'ui' | 'chat'>

const ConversationHead = ({ ui, chat }: PartProps) => {
  const face = chat.kind === 'direct' ? chat.faces?.[0] : undefined
  return (
    <header class="chat-head" id="chat-head">
      <Go class="icon-button back" to="/" aria-label={ui.t.backToChats}>
        <Icon ui={ui} name="back" turns />
      </Go>
      <div class="chat-title">
        {face && <Avatar person={face} />}
        <h1 tabindex={-1}>
          {!face && <Icon ui={ui} name={signOf(chat)} />}
          <span dir="auto">{chatName(ui, chat)}</span>
        </h1>
        <Topic ui={ui} chat={chat} />
      </div>
      {chat.me && <Tools ui={ui} chat={chat} />}
    </header>
  )
}

const Topic = ({ ui, chat }: PartProps) => {
  if (chat.kind === 'direct') return chat.faces?.[0] ? <p class="topic">@{chat.faces[0].username}</p> : null
  return (
    <p class="topic" dir="auto">
      {chat.topic || ui.t.chat.noTopic}
    </p>
  )
}

const Tools = ({ ui, chat }: PartProps) => (
  <div class="chat-tools">
    {chat.kind !== 'direct' && (
      <Go class="member-count spare" to={`/chats/${chat.id}/members`}>
        <span class="hidden-text">{ui.t.chat.membersLabel}</span>
        <Icon ui={ui} name="people" small />
        <span class="count">{chat.member_count}</span>
      </Go>
    )}
    <Go class="icon-button" to={`/chats/${chat.id}/about`} aria-label={ui.t.chat.about}>
      <Icon ui={ui} name="info" />
    </Go>
  </div>
)

/** A public channel from outside: its name, what it is for and how many are in it, no word of what was said. */
const JoinFirst = ({ ui, chat }: PartProps) => (
  <div class="empty centre rest">
    <h2>{ui.t.chat.notMember}</h2>
    <p>{chat.archived_at === null ? ui.t.chat.notMemberLead : ui.t.chat.archivedOutside}</p>
    <p class="small-text">
      {kindName(ui, chat)} · <span class="count">{ui.t.members(chat.member_count)}</span>
    </p>
    {chat.archived_at === null && (
      <form {...send(`/chats/${chat.id}/join`, 'join')}>
        <button class="button primary" type="submit">
          {ui.t.chat.join}
        </button>
      </form>
    )}
  </div>
)
