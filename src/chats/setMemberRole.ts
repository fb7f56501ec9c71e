import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type Access, lockMembers, requireOtherOwner, requireRole, spendChange } from './access.ts'
import { announce, nothingNew } from './announce.ts'
import { type MemberRow, outranks } from './chat.ts'
import { presentMember } from './members.ts'
import { changeRole } from './membership.ts'
import { findMember } from './sql.ts'
import type { ChatRole, MemberWire } from './wire.ts'

interface RoleChange {
  chatId: Id<'chat'>
  userId: Id<'user'>
  role: ChatRole
}

/**
 * Raises or lowers a member, at most to the actor's own role; an owner may step down while another owner stays.
 * Refuses `forbidden` `chat_role`, `conflict` `direct`, `archived` or `last_owner`, `not_found` `member`.
 */
export async function setMemberRole(
  app: App,
  actorId: Id<'user'>,
  { chatId, userId, role }: RoleChange,
): Promise<MemberWire> {
  await spendChange(app, actorId)
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      const access = await lockMembers(sql, chatId, actorId)
      const member = await findMember(sql, chatId, userId)
      if (member === undefined || member.left_at !== null) return refuse('not_found', 'member')
      await requireRanks(sql, access, { member, role })
      if (member.role === role) return nothingNew(await presentMember(sql, member))
      return await changeRole(sql, { member, role, actorId, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  return told.result
}

async function requireRanks(
  sql: Sql,
  access: Access,
  { member, role }: { member: MemberRow; role: ChatRole },
): Promise<void> {
  const isSelf = member.user_id === access.member.user_id
  if (isSelf && member.role !== role) await requireOtherOwner(sql, access)
  if (!isSelf && !outranks(access.member.role, member.role)) refuse('forbidden', 'chat_role')
  requireRole(access, role)
}
