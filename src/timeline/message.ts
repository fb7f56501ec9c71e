import type { Id } from '../platform/ids.ts'
import { toTime, toTimeOrNull } from '../platform/schema.ts'
import type { SenderWire } from '../accounts/index.ts'
import type { MessageWire, SystemWire } from './wire.ts'

export type MessageKind = 'text' | 'system'

/** A message as its row stores it. `system` and `mentions` are JSON. */
export interface MessageRow {
  id: Id<'message'>
  chat_id: Id<'chat'>
  /** Place in the chat: 1, 2, 3 … no gaps. Order by this, never by time. */
  seq: number
  /** The chat's revision at the last change of this row. */
  rev: number
  sender_id: Id<'user'>
  client_id: string
  original_hash: string
  kind: MessageKind
  content: string
  html: string | null
  reply_to: Id<'message'> | null
  system: string | null
  mentions: string
  pinned_at: number | null
  edited_at: number | null
  deleted_at: number | null
  created_at: number
}

/** What is not on the row but is shown with it: read with it, in the same snapshot. */
export interface Presentation {
  sender: SenderWire | null
  quote: MessageWire['quote']
  reactions: MessageWire['reactions']
}

/** A tombstone keeps its place and who spoke; all else is empty, whatever the row may still hold. */
export function toWire(row: MessageRow, shown: Presentation): MessageWire {
  const alive = row.deleted_at === null
  return {
    id: row.id,
    chat_id: row.chat_id,
    seq: row.seq,
    rev: row.rev,
    sender_id: row.sender_id,
    sender: shown.sender,
    client_id: alive && row.kind !== 'system' ? row.client_id : null,
    kind: row.kind,
    content: alive ? row.content : '',
    html: alive ? row.html : null,
    reply_to: alive ? row.reply_to : null,
    quote: alive ? shown.quote : null,
    thread_id: null,
    thread: null,
    system: alive && row.system !== null ? (JSON.parse(row.system) as SystemWire) : null,
    mentions: alive && row.mentions !== '[]' ? (JSON.parse(row.mentions) as string[]) : [],
    attachments: [],
    reactions: alive ? shown.reactions : [],
    pinned_at: alive ? toTimeOrNull(row.pinned_at) : null,
    edited_at: alive ? toTimeOrNull(row.edited_at) : null,
    deleted_at: toTimeOrNull(row.deleted_at),
    created_at: toTime(row.created_at),
  }
}

const EXCERPT = 200

/** The quoted start of a message, in code points: half a pair would be no text. */
export const excerptOf = (content: string): string =>
  content.length <= EXCERPT ? content : [...content.slice(0, EXCERPT * 2)].slice(0, EXCERPT).join('')
