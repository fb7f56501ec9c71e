import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { toTimeOrNull } from '../platform/schema.ts'
import { type ChatRow, type MembershipRow, requireMember } from '../chats/index.ts'
import { type Asking, requireMessage } from './access.ts'
import { RECEIPTS_UP_TO } from './announce.ts'
import { findMarks, findMarksOf, findOwnMark, type MarkRow } from './sql.reads.ts'
import type { ReadWire } from './wire.ts'

/** Who has read as far as a message. In a large chat everybody sees only their own. Refuses `message`. */
export function listReads(app: App, asking: Asking): Promise<ReadWire[]> {
  return app.db.view(async (sql) => {
    const message = await requireMessage(sql, asking)
    const { chat } = await requireMember(sql, message.chat_id, asking.userId)
    return await readReads(sql, { chat, userId: asking.userId, reached: message.seq })
  })
}

interface Readers {
  chat: Pick<ChatRow, 'id' | 'member_count'>
  userId: Id<'user'>
  /** Only marks at this place or beyond. */
  reached: number
}

/** Current marks, by the rule of `message_read`: all of them where 100 members or fewer are, else one's own. */
export async function readReads(sql: Sql, { chat, userId, reached }: Readers): Promise<ReadWire[]> {
  const marks = await (isSmall(chat)
    ? findMarks(sql, chat.id, reached)
    : findOwnMark(sql, chat.id, userId, reached))
  return marks.map(toRead)
}

/** The same of several chats at once, from the first message on. */
export async function readReadsOf(
  sql: Sql,
  memberships: readonly MembershipRow[],
): Promise<Map<Id<'chat'>, ReadWire[]>> {
  const small = memberships.filter(isSmall).map(({ id }) => id)
  const marks = Map.groupBy(await findMarksOf(sql, small), (mark) => mark.chat_id)
  return new Map(
    memberships.map((membership) => [
      membership.id,
      (isSmall(membership) ? (marks.get(membership.id) ?? []) : ownOf(membership)).map(toRead),
    ]),
  )
}

const isSmall = (chat: Pick<ChatRow, 'member_count'>) => chat.member_count <= RECEIPTS_UP_TO

const ownOf = ({ user_id, last_read_seq: seq, read_at }: MembershipRow): MarkRow[] =>
  seq === 0 ? [] : [{ user_id, seq, read_at }]

const toRead = ({ user_id, seq, read_at }: MarkRow): ReadWire => ({
  user_id,
  seq,
  read_at: toTimeOrNull(read_at),
})
