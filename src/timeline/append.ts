import type { Sql } from '../platform/db/db.ts'
import { type Id, newId } from '../platform/ids.ts'
import type { MessageRow } from './message.ts'
import { insertMessage, type Place, takePlace } from './sql.ts'
import type { SystemWire } from './wire.ts'

/** What an action knows of a message before it has a place in the chat. */
export type NewMessage = Omit<MessageRow, 'id' | 'seq' | 'rev' | 'pinned_at' | 'edited_at' | 'deleted_at'>

/** Gives the message the next place and rev of its chat and stores it. Only under the chat's lock. */
export async function appendMessage(sql: Sql, message: NewMessage): Promise<MessageRow> {
  const row = rowAt(message, await takePlace(sql, message.chat_id, message.created_at))
  await insertMessage(sql, row)
  return row
}

/**
 * The same for whoever has read the chat's head already, under the lock: the way of every message that is sent. The
 * head itself must follow by `moveHead` before the write ends. The row is stored when `stored` is; nothing that is
 * asked after it needs to wait.
 */
export function appendAfter(sql: Sql, head: Place, message: NewMessage) {
  const row = rowAt(message, { seq: head.seq + 1, rev: head.rev + 1 })
  return { row, stored: insertMessage(sql, row) }
}

const rowAt = (message: NewMessage, { seq, rev }: Place): MessageRow => ({
  id: newId<'message'>(),
  chat_id: message.chat_id,
  seq,
  rev,
  sender_id: message.sender_id,
  client_id: message.client_id,
  original_hash: message.original_hash,
  kind: message.kind,
  content: message.content,
  html: message.html,
  reply_to: message.reply_to,
  system: message.system,
  mentions: message.mentions,
  pinned_at: null,
  edited_at: null,
  deleted_at: null,
  created_at: message.created_at,
})

export interface NewSystemMessage {
  chatId: Id<'chat'>
  event: SystemWire['event']
  actorId: Id<'user'>
  userIds: readonly Id<'user'>[]
  value?: string
  /** English, for programs that do not know the event. */
  fallback: string
  now: number
}

/** Stores what happened to the chat itself as a line of its history. Only under the chat's lock. */
export function appendSystemMessage(sql: Sql, news: NewSystemMessage): Promise<MessageRow> {
  const system: SystemWire = {
    event: news.event,
    actor_id: news.actorId,
    user_ids: [...news.userIds],
    value: news.value ?? null,
  }
  return appendMessage(sql, {
    chat_id: news.chatId,
    sender_id: news.actorId,
    client_id: newId<'client'>(),
    original_hash: '',
    kind: 'system',
    content: news.fallback,
    html: null,
    reply_to: null,
    system: JSON.stringify(system),
    mentions: '[]',
    created_at: news.now,
  })
}
