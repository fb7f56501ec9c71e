// The browser's names for what travels: types only, so that no schema library reaches it.
import type { OwnUserWire, SenderWire, UserWire } from '../accounts/index.ts'
import type { ChatWire, MemberWire, MeWire } from '../chats/index.ts'
import type { MessageWire, SystemWire } from '../timeline/index.ts'

export type { ChatWire, MemberWire, MessageWire, MeWire, OwnUserWire, SenderWire, SystemWire, UserWire }

/** How far somebody has read. */
interface ReadMark {
  user_id: string
  seq: number
}

/** `GET …/messages`: a window of the log, and the chat's rev when it was read. */
export interface HistoryPage {
  data: MessageWire[]
  page: { before: number | null; after: number | null }
  rev: number
}

/** What a client missed: `GET …/changes`, the `changes` frame and one chat of a `sync` answer. */
export interface Changes {
  after: number
  rev: number
  messages: MessageWire[]
  members: MemberWire[]
  chat: ChatWire | null
  reads?: ReadMark[]
  more?: boolean
  reset?: boolean
  unread?: number
  mentions?: number
}

interface MessageEvent {
  type: 'new_message' | 'message_updated' | 'message_deleted'
  data: MessageWire
}

interface MemberEvent {
  type: 'member_joined' | 'member_left' | 'member_updated'
  data: { chat_id: string; rev: number; member: MemberWire; actor_id: string }
}

interface ChatEvent {
  type: 'chat_updated'
  data: { chat_id: string; rev: number; chat: ChatWire }
}

/** The frames that take a `rev` of their chat. */
export type DurableFrame = MessageEvent | MemberEvent | ChatEvent

/** A chat's head as `hello` names it. */
export interface Head {
  id: string
  rev: number
  last_seq: number
  last_read_seq: number
  unread: number
  mentions: number
}

export interface Hello {
  user_id: string
  node: string
  epoch: string
  heartbeat_ms: number
  chats: Head[]
}

export type PresenceState = 'online' | 'away' | 'dnd' | 'offline'

/** Everything a node says unasked. */
export type ServerFrame =
  | DurableFrame
  | { type: 'hello'; data: Hello }
  | { type: 'changes'; data: Changes & { chat_id: string } }
  | { type: 'chat_created'; data: { chat: ChatWire } }
  | { type: 'chat_removed'; data: { chat_id: string; rev?: number } }
  | { type: 'me_updated'; data: { chat_id: string; me: MeWire } }
  | { type: 'user_updated'; data: { user: UserWire } }
  | { type: 'resync'; data: { chat_id?: string; reason: string } }
  | { type: 'message_read'; data: { chat_id: string; user_id: string; seq: number } }
  | { type: 'user_typing'; data: { chat_id: string; user_id: string; username: string; is_typing: boolean } }
  | { type: 'presence'; data: { user_id: string; state: PresenceState } }
  | { type: 'pong'; data: { digest: number } }
  | { type: 'going_away'; data: { retry_after_ms: number } }

export interface SyncAnswer {
  chats: Record<string, Changes>
  removed: string[]
}

export const isDurable = (frame: ServerFrame): frame is DurableFrame =>
  /^(new_message|message_(updated|deleted)|member_(joined|left|updated)|chat_updated)$/.test(frame.type)
