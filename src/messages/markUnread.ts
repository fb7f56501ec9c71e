import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { type MeWire, meToWire, readCounts, requireMember } from '../chats/index.ts'
import { announceMe } from './announce.ts'
import { MARKS, type Marking } from './markRead.ts'
import { setMark } from './sql.ts'

/**
 * Counts start at this place until the next read. Nobody else ever hears of it. Refuses `chat`, `not_member`,
 * `seq_beyond_last`.
 */
export async function markUnread(app: App, { userId, chatId, seq }: Marking): Promise<MeWire> {
  await app.limits.spend(MARKS, userId)
  const { me, changed } = await app.db.write(async (sql) => {
    const { chat, member: before } = await requireMember(sql, chatId, userId)
    if (seq > chat.last_seq) refuse('invalid', 'seq_beyond_last')
    const member = { ...before, unread_from: seq }
    const changed = before.unread_from !== seq
    if (changed) await setMark(sql, member)
    return { me: meToWire(member, await readCounts(sql, member, chat.last_seq)), changed }
  })
  if (changed) announceMe(app, { userId, chatId }, me)
  return me
}
