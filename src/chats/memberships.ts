import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { ChatRow, MemberRow } from './chat.ts'
import { findMemberships, type TalliedRow } from './sql.memberships.ts'
import { type Counts, readCounts } from './unread.ts'

/** A chat as its one member sees it, with what is unread in it. */
export type MembershipRow = ChatRow & Omit<MemberRow, 'rev'> & Counts

/** Of so many places what does not count is counted; more than that is mostly more than 100 messages. */
const REACH = 1000
const MOST = 100

/** The chats a user is in, by id after one of them: one question, and one more for each that was marked unread. */
export async function readMemberships(
  sql: Sql,
  userId: Id<'user'>,
  { after = '', limit = 10_000 }: { after?: string; limit?: number } = {},
): Promise<MembershipRow[]> {
  const memberships: MembershipRow[] = []
  for (const row of await findMemberships(sql, userId, { after, limit, reach: REACH })) {
    const { uncounted: _, named: __, ...membership } = row
    memberships.push({ ...membership, ...(countsOf(row) ?? (await readCounts(sql, row, row.last_seq))) })
  }
  return memberships
}

/**
 * Places are dense and nobody's own message is after their mark, so what is unread is what is left of the places. Null
 * where that does not tell: after "mark unread", and where nearly all of the last places do not count.
 */
export function countsOf(
  row: Omit<TalliedRow, keyof ChatRow> & Pick<ChatRow, 'last_seq' | 'floor_seq'>,
): Counts | null {
  if (row.unread_from !== null) return null
  const from = Math.max(row.last_read_seq, row.floor_seq)
  const seen = Math.max(from, row.last_seq - REACH)
  const unread = Math.min(MOST, row.last_seq - seen - row.uncounted)
  return unread === MOST || seen === from ? { unread, mentions: row.named } : null
}
