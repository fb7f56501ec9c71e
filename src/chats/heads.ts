import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { findMemberships } from './sql.ts'
import { readCounts } from './unread.ts'

/** One chat of a user, as `hello` says it. */
export interface ChatHead {
  id: Id<'chat'>
  rev: number
  last_seq: number
  last_read_seq: number
  unread: number
  mentions: number
}

/** Where every chat of a user stands. Give it the tag of a snapshot: a count must not be newer than its rev. */
export async function readHeads(sql: Sql, userId: Id<'user'>): Promise<ChatHead[]> {
  const heads: ChatHead[] = []
  for (const row of await findMemberships(sql, userId)) {
    heads.push({
      id: row.id,
      rev: row.rev,
      last_seq: row.last_seq,
      last_read_seq: row.last_read_seq,
      ...(await readCounts(sql, row, row.last_seq)),
    })
  }
  return heads
}

/** Chats whose log moved since then, by the database's clock: what the head sweep compares. */
export const findMovedChats = (sql: Sql, since: number) =>
  sql<{ id: Id<'chat'>; rev: number }>`select id, rev from chats where changed_at > ${since}`
