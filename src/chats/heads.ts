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

/**
 * Chats whose log moved since then, by the database's clock: what the head sweep compares. `is_young`: somebody may hear
 * of it only now, by its founding or by the first words of a direct chat.
 */
export const findMovedChats = (sql: Sql, since: number) =>
  sql<{ id: Id<'chat'>; rev: number; member_count: number; is_young: number }>`
    select id, rev, member_count,
      case when created_at > ${since} or (kind = 'direct' and last_seq < 100) then 1 else 0 end as is_young
    from chats where changed_at > ${since}`

/** The same of these chats. */
export const findChatHeads = (sql: Sql, ids: readonly Id<'chat'>[]) =>
  sql<{ id: Id<'chat'>; rev: number; member_count: number }>`
    select id, rev, member_count from chats where id in ${sql.list(ids)}`

type Seat = { chat_id: Id<'chat'>; user_id: Id<'user'> }

/** Who is in these chats; with `among`, who of them. */
export const findMembersOf = (sql: Sql, ids: readonly Id<'chat'>[], among: readonly Id<'user'>[] | null) =>
  among === null
    ? sql<Seat>`select chat_id, user_id from members where chat_id in ${sql.list(ids)} and left_at is null`
    : sql<Seat>`
        select chat_id, user_id from members
        where chat_id in ${sql.list(ids)} and user_id in ${sql.list(among)} and left_at is null`
