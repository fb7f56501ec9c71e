import type { Span, Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { MemberRow } from '../chats/index.ts'
import type { MessageRow } from '../timeline/index.ts'
import type { Reaction } from './sql.ts'

/** The last of what comes before a place, in the order of the chat. */
export async function findBefore(sql: Sql, chatId: Id<'chat'>, before: number, limit: number) {
  const rows = await sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where chat_id = ${chatId} and seq < ${before} order by seq desc limit ${limit}`
  return rows.reverse()
}

/** The first of what comes after a place. */
export const findAfter = (sql: Sql, chatId: Id<'chat'>, after: number, limit: number) =>
  sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where chat_id = ${chatId} and seq > ${after} order by seq limit ${limit}`

/** Each changed message once, in its last state, in the order of the log. */
export const findChangedMessages = (sql: Sql, chatId: Id<'chat'>, after: number, limit: number) =>
  sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where chat_id = ${chatId} and rev > ${after} order by rev limit ${limit}`

export const findChangedMembers = (sql: Sql, chatId: Id<'chat'>, after: number, limit: number) =>
  sql<MemberRow>`
    select chat_id, user_id, role, rev, joined_at, left_at, last_read_seq, read_at, unread_from
    from members where chat_id = ${chatId} and rev > ${after} order by rev limit ${limit}`

/** The same of parts of several chats' logs, in no order and all of it: ask for no more than is worth reading. */
export const findMessagesIn = (sql: Sql, spans: readonly Span[]) =>
  sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where ${sql.spans(spans)}`

export const findMembersIn = (sql: Sql, spans: readonly Span[]) =>
  sql<MemberRow>`
    select chat_id, user_id, role, rev, joined_at, left_at, last_read_seq, read_at, unread_from
    from members where ${sql.spans(spans)}`

export interface MarkRow {
  user_id: Id<'user'>
  seq: number
  read_at: number | null
}

/** How far the members have read, those who have come as far as this. */
export const findMarks = (sql: Sql, chatId: Id<'chat'>, reached: number) =>
  sql<MarkRow>`
    select user_id, last_read_seq as seq, read_at from members
    where chat_id = ${chatId} and left_at is null and last_read_seq >= ${reached} order by user_id`

/** The same of several chats, who has read anything at all. */
export const findMarksOf = (sql: Sql, chatIds: readonly Id<'chat'>[]) =>
  sql<MarkRow & { chat_id: Id<'chat'> }>`
    select chat_id, user_id, last_read_seq as seq, read_at from members
    where chat_id in ${sql.list(chatIds)} and left_at is null and last_read_seq >= 1 order by chat_id, user_id`

/** One member's own, in a chat where the others' are nobody's to see. */
export const findOwnMark = (sql: Sql, chatId: Id<'chat'>, userId: Id<'user'>, reached: number) =>
  sql<MarkRow>`
    select user_id, last_read_seq as seq, read_at from members
    where chat_id = ${chatId} and user_id = ${userId} and left_at is null and last_read_seq >= ${reached}`

export interface ReactionPlace {
  createdAt: number
  userId: string
  emoji: string
}

/** Oldest first; a place is the last one already given. */
export const findReactionsOf = (sql: Sql, message: MessageRow, after: ReactionPlace, limit: number) =>
  sql<Pick<Reaction, 'user_id' | 'emoji' | 'created_at'>>`
    select user_id, emoji, created_at from reactions
    where chat_id = ${message.chat_id} and message_id = ${message.id}
      and (created_at, user_id, emoji) > (${after.createdAt}, ${after.userId}, ${after.emoji})
    order by created_at, user_id, emoji limit ${limit}`

export async function findEpoch(sql: Sql): Promise<string | undefined> {
  const [row] = await sql<{ value: string }>`select value from settings where name = 'epoch'`
  return row?.value
}
