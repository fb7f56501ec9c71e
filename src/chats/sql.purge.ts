import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'

export async function isDeleted(sql: Sql, chatId: Id<'chat'>): Promise<boolean> {
  const rows = await sql`select 1 from chats where id = ${chatId} and deleted_at is not null`
  return rows.length === 1
}

export interface Piece {
  chatId: Id<'chat'>
  limit: number
}

/** Each removes some of the rows of a chat, by their whole keys, and says how many: none walks past the others. */
export const purgeRows: ((sql: Sql, piece: Piece) => Promise<number>)[] = [
  async (sql, { chatId, limit }) => {
    const rows = await sql`
      delete from reactions where chat_id = ${chatId} and (message_id, emoji, user_id) in (
        select message_id, emoji, user_id from reactions where chat_id = ${chatId} limit ${limit})
      returning 1 as one`
    return rows.length
  },
  async (sql, { chatId, limit }) => {
    const rows = await sql`
      delete from mentions where chat_id = ${chatId} and (target, seq) in (
        select target, seq from mentions where chat_id = ${chatId} limit ${limit})
      returning 1 as one`
    return rows.length
  },
  async (sql, { chatId, limit }) => {
    const rows = await sql`
      delete from messages where chat_id = ${chatId} and seq in (
        select seq from messages where chat_id = ${chatId} order by seq limit ${limit})
      returning 1 as one`
    return rows.length
  },
  async (sql, { chatId, limit }) => {
    const rows = await sql`
      delete from members where chat_id = ${chatId} and user_id in (
        select user_id from members where chat_id = ${chatId} limit ${limit})
      returning 1 as one`
    return rows.length
  },
]

export async function deleteChatRow(sql: Sql, chatId: Id<'chat'>): Promise<void> {
  await sql`delete from chats where id = ${chatId}`
}
