import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { findCounts } from './sql.memberships.ts'

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

/** Of one chat; of many, `readMemberships` counts. Reads nothing when the mark stands at the end of the chat. */
export async function readCounts(sql: Sql, mark: Mark, lastSeq: number): Promise<Counts> {
  const after = countsAfter(mark)
  return after >= lastSeq ? NOTHING : await findCounts(sql, mark, after)
}
