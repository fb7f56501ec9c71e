import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { requireMember, requireOtherOwner, spendChange } from './access.ts'
import { announce, chatRemoved } from './announce.ts'
import { exit } from './membership.ts'

/** Refuses `conflict` `direct` for a direct chat and `conflict` `last_owner` for its last owner. */
export async function leaveChat(app: App, userId: Id<'user'>, chatId: Id<'chat'>): Promise<void> {
  await spendChange(app, userId)
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const access = await requireMember(sql, chatId, userId)
      if (access.chat.kind === 'direct') refuse('conflict', 'direct')
      await requireOtherOwner(sql, access)
      return await exit(sql, { member: access.member, actorId: userId, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  app.bus.tellUser(userId, chatRemoved(chatId, told.result.rev))
}
