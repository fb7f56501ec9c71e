import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { readMemberships } from './memberships.ts'
import type { Position } from './sql.memberships.ts'
import type { Counts } from './unread.ts'

/** One chat of a user, as `hello` says it. */
export interface ChatHead extends Position, Counts {
  last_seq: number
}

/** Where every chat of a user stands. Give it the tag of a snapshot: a count must not be newer than its rev. */
export async function readHeads(sql: Sql, userId: Id<'user'>): Promise<ChatHead[]> {
  const rows = await readMemberships(sql, userId)
  return rows.map(({ id, rev, last_seq, last_read_seq, unread, mentions }) => ({
    id,
    rev,
    last_seq,
    last_read_seq,
    unread,
    mentions,
  }))
}

/** Chats whose log moved since then, by the database's clock: what the head sweep compares. */
export const findMovedChats = (sql: Sql, since: number) =>
  sql<{ id: Id<'chat'>; rev: number }>`select id, rev from chats where changed_at > ${since}`

/** The same of these chats. */
export const findChatHeads = (sql: Sql, ids: readonly Id<'chat'>[]) =>
  sql<{ id: Id<'chat'>; rev: number }>`select id, rev from chats where id in ${sql.list(ids)}`

/** Who is in these chats, each once. */
export const findMembersOf = (sql: Sql, ids: readonly Id<'chat'>[]) =>
  sql<{ user_id: Id<'user'> }>`
    select distinct user_id from members where chat_id in ${sql.list(ids)} and left_at is null`
