import type { Row } from './history.ts'

/** What a recording client reads of the wire, by `docs/protocol.md` alone: nothing here comes from the program. */

export interface MessageForm {
  id: string
  chat_id: string
  seq: number
  rev: number
  sender_id: string
  client_id: string
  kind: string
  content: string
  deleted_at: string | null
  edited_at: string | null
  reactions: { emoji: string; count: number }[]
}

export interface MemberForm {
  chat_id: string
  user: { id: string }
  rev: number
  left_at: string | null
}

export interface ChatForm {
  id: string
  rev: number
  kind: string
  last_seq: number
  me?: { last_read_seq: number } | null
}

export interface ChangesForm {
  after: number
  rev: number
  messages: MessageForm[]
  members: MemberForm[]
  chat: ChatForm | null
  reads?: { user_id: string; seq: number }[]
  more?: boolean
  reset?: boolean
}

export interface HelloForm {
  user_id: string
  epoch: string
  chats: { id: string; rev: number; last_read_seq: number }[]
}

export interface FrameForm {
  type: string
  ref?: string
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own form, which whoever takes it knows
  data?: any
  error?: { code: string; reason: string; retry_after_ms?: number }
}

export const rowOf = (message: MessageForm): Row => ({
  seq: message.seq,
  id: message.id,
  rev: message.rev,
  sender: message.sender_id,
  kind: message.kind,
  content: message.content,
  deleted: message.deleted_at !== null,
  edited: message.edited_at !== null,
  reactions: reactionsOf(message.reactions),
})

export const reactionsOf = (reactions: { emoji: string; count: number }[]): string =>
  reactions
    .map(({ emoji, count }) => `${emoji}:${count}`)
    .sort()
    .join(' ')
