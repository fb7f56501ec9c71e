import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { lockMembers, spendChange } from './access.ts'
import { announce, chatRemoved, nothingNew } from './announce.ts'
import { outranks } from './chat.ts'
import { leaveChat } from './leave.ts'
import { exit } from './membership.ts'
import { findMember } from './sql.ts'

/**
 * Takes somebody out; to take oneself out is to leave, and who is not in stays out. Refuses `conflict` `direct` or
 * `archived`, `forbidden` `chat_role` to a plain member and on an equal or somebody above.
 */
export async function removeMember(
  app: App,
  actorId: Id<'user'>,
  { chatId, userId }: { chatId: Id<'chat'>; userId: Id<'user'> },
): Promise<void> {
  if (actorId === userId) return leaveChat(app, userId, chatId)
  await spendChange(app, actorId)
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      const access = await lockMembers(sql, chatId, actorId)
      const member = await findMember(sql, chatId, userId)
      if (member === undefined) return refuse('not_found', 'member')
      if (member.left_at !== null) return nothingNew(null)
      if (!outranks(access.member.role, member.role)) refuse('forbidden', 'chat_role')
      return await exit(sql, { member, actorId, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  if (told.result !== null) app.bus.tellUser(userId, chatRemoved(chatId, told.result.rev))
}
