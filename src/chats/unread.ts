import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'

/** What a member has not read: by others, neither system nor deleted, each at most 100. */
export interface Counts {
  unread: number
  mentions: number
}

/** A member's place in a chat, as far as counting needs it. */
export interface Mark {
  chat_id: Id<'chat'>
  user_id: Id<'user'>
  last_read_seq: number
  unread_from: number | null
}

const NOTHING: Counts = { unread: 0, mentions: 0 }

/** "Mark unread" counts from its message on, else what follows the read mark counts. */
const countsAfter = (mark: Mark): number =>
  mark.unread_from === null ? mark.last_read_seq : mark.unread_from - 1

/** Reads nothing when the mark stands at the end of the chat, where it usually stands. */
export async function readCounts(sql: Sql, mark: Mark, lastSeq: number): Promise<Counts> {
  const after = countsAfter(mark)
  if (after >= lastSeq) return NOTHING
  const [unread] = await sql<{ count: number }>`
    select count(*) as count from (
      select 1 as one from messages where chat_id = ${mark.chat_id} and seq > ${after}
        and sender_id <> ${mark.user_id} and kind <> 'system' and deleted_at is null limit 100) as found`
  // `cross join`: else SQLite goes through all that was said and asks of each message whether it names me.
  const [mentions] = await sql<{ count: number }>`
    select count(*) as count from (
      select distinct n.seq from mentions n cross join messages m
      where m.chat_id = n.chat_id and m.seq = n.seq and n.chat_id = ${mark.chat_id}
        and n.target in (${mark.user_id}, 'channel', 'here') and n.seq > ${after} and m.sender_id <> ${mark.user_id}
        and m.deleted_at is null limit 100) as found`
  return { unread: unread?.count ?? 0, mentions: mentions?.count ?? 0 }
}
