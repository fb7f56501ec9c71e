import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { type Counts, meToWire, readCounts, requireMember } from '../chats/index.ts'
import { type Asking, requireMessage } from './access.ts'
import { announceMe, announceRead } from './announce.ts'
import { setMark } from './sql.ts'

/** 100 in 5 s a user: an eager client is no attack, but each is a write. */
export const MARKS: Limit = { name: 'mark', points: 100, perMs: 5_000, isFrequent: true }

export interface Marking {
  userId: Id<'user'>
  chatId: Id<'chat'>
  seq: number
}

export interface MarkWire extends Counts {
  last_read_seq: number
}

/**
 * Everything up to this place is read: a mark never goes back, and "mark unread" ends. Refuses `chat`, `not_member`,
 * and `seq_beyond_last` for a place that nothing has yet.
 */
export async function markRead(app: App, { userId, chatId, seq }: Marking): Promise<MarkWire> {
  await app.limits.spend(MARKS, userId)
  const { chat, before, member, counts } = await app.db.write(async (sql) => {
    const { chat, member: before } = await requireMember(sql, chatId, userId)
    if (seq > chat.last_seq) refuse('invalid', 'seq_beyond_last')
    const isFurther = seq > before.last_read_seq
    const member = {
      ...before,
      last_read_seq: Math.max(seq, before.last_read_seq),
      read_at: isFurther ? app.clock.now() : before.read_at,
      unread_from: null,
    }
    if (isFurther || before.unread_from !== null) await setMark(sql, member)
    return { chat, before, member, counts: await readCounts(sql, member, chat.last_seq) }
  })
  const isFurther = member.last_read_seq > before.last_read_seq
  if (isFurther) announceRead(app, { chatId, userId, seq, memberCount: chat.member_count })
  if (isFurther || before.unread_from !== null) announceMe(app, { userId, chatId }, meToWire(member, counts))
  return { last_read_seq: member.last_read_seq, ...counts }
}

/** The same, by the message that was read. Refuses `message`. */
export async function markMessageRead(app: App, asking: Asking): Promise<MarkWire> {
  const { chat_id, seq } = await requireMessage(app.db.read, asking)
  return await markRead(app, { userId: asking.userId, chatId: chat_id, seq })
}
