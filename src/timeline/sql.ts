import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { MessageRow } from './message.ts'

export interface Place {
  seq: number
  rev: number
}

/** The next rev of a chat's log. Only under the chat's lock. */
export async function takeRev(sql: Sql, chatId: Id<'chat'>, now: number): Promise<number> {
  const [head] = await sql<{ rev: number }>`
    update chats set rev = rev + 1, changed_at = ${now} where id = ${chatId} returning rev`
  if (head === undefined) throw new Error(`chat ${chatId} has no row`)
  return head.rev
}

/** The next place and rev of a chat's log. Only under the chat's lock, so places stay dense. */
export async function takePlace(sql: Sql, chatId: Id<'chat'>, now: number): Promise<Place> {
  const [head] = await sql<Place>`
    update chats set rev = rev + 1, last_seq = last_seq + 1, changed_at = ${now}
    where id = ${chatId} returning last_seq as seq, rev`
  if (head === undefined) throw new Error(`chat ${chatId} has no row`)
  return head
}

/** What was read as the head moves on by this row: a `returning` would cost as much again. */
export const moveHead = (sql: Sql, row: MessageRow): Promise<unknown> =>
  sql`
    update chats set rev = ${row.rev}, last_seq = ${row.seq}, changed_at = ${row.created_at}
    where id = ${row.chat_id}`

export const insertMessage = (sql: Sql, row: MessageRow): Promise<unknown> =>
  sql`
    insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html,
      reply_to, system, mentions, created_at)
    values (${row.id}, ${row.chat_id}, ${row.seq}, ${row.rev}, ${row.sender_id}, ${row.client_id},
      ${row.original_hash}, ${row.kind}, ${row.content}, ${row.html}, ${row.reply_to}, ${row.system},
      ${row.mentions}, ${row.created_at})`

/** A message and its chat. */
export type Spot = readonly [chatId: Id<'chat'>, messageId: Id<'message'>]

/** Quotes never cross chats. Not empty. */
export const findQuoted = (sql: Sql, spots: readonly Spot[]) =>
  sql<Pick<MessageRow, 'id' | 'sender_id' | 'content' | 'deleted_at'>>`
    select id, sender_id, content, deleted_at from messages where (chat_id, id) in ${sql.rows(spots)}`

export interface ReactionRow {
  message_id: Id<'message'>
  emoji: string
  user_id: Id<'user'>
}

/** In the order in which each emoji and then each person first came. Not empty. */
export function findReactions(sql: Sql, spots: readonly Spot[]): Promise<ReactionRow[]> {
  const chatIds = [...new Set(spots.map(([chatId]) => chatId))]
  return chatIds.length === 1 ? findInOne(sql, spots) : findInSeveral(sql, spots, chatIds)
}

/** Quicker for PostgreSQL than by pairs. */
const findInOne = (sql: Sql, spots: readonly Spot[]) =>
  sql<ReactionRow>`
    select message_id, emoji, user_id from reactions
    where chat_id = ${spots[0]?.[0] ?? null} and message_id in ${sql.list(spots.map(([, id]) => id))}
    order by created_at, emoji, user_id`

/**
 * SQLite looks for each message in each chat of two lists. The list of chats is for PostgreSQL, which else goes through
 * all reactions there are.
 */
const findInSeveral = (sql: Sql, spots: readonly Spot[], chatIds: readonly string[]) =>
  sql<ReactionRow>`
    select message_id, emoji, user_id from reactions
    where (chat_id, message_id) in ${sql.rows(spots)} and chat_id in ${sql.list(chatIds)}
    order by created_at, emoji, user_id`
