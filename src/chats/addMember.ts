import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type Access, requireMember, requireRole, requireWritable, spendChange } from './access.ts'
import { announce, nothingNew } from './announce.ts'
import { presentMember } from './members.ts'
import { enter } from './membership.ts'
import { requireAddable } from './people.ts'
import { findMember } from './sql.ts'
import type { ChatRole, MemberWire } from './wire.ts'

export interface Adding {
  chatId: Id<'chat'>
  userId: Id<'user'>
  role?: ChatRole | undefined
}

interface Added {
  member: MemberWire
  added: boolean
}

/**
 * Brings somebody in; who is in already stays as they are (`added` false). Refuses `conflict` `direct` or
 * `archived`, `forbidden` `chat_role` where only admins add or for a role above one's own, `not_found` `user`.
 */
export async function addMember(app: App, actorId: Id<'user'>, adding: Adding): Promise<Added> {
  await spendChange(app, actorId)
  return bring(app, actorId, adding)
}

/** The same for somebody who took up an invite: a whole team may, in one morning, and who invited them did nothing. */
export const addInvited = (app: App, inviterId: Id<'user'>, adding: Adding): Promise<Added> =>
  bring(app, inviterId, adding)

async function bring(
  app: App,
  actorId: Id<'user'>,
  { chatId, userId, role = 'member' }: Adding,
): Promise<Added> {
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const access = await requireMember(sql, chatId, actorId)
      requireAdder(access, role)
      await requireAddable(sql, actorId, userId)
      const there = await findMember(sql, chatId, userId)
      if (there !== undefined && there.left_at === null)
        return nothingNew({ member: await presentMember(sql, there), added: false })
      return await bringIn(sql, access, { userId, role, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  return told.result
}

function requireAdder(access: Access, role: ChatRole): void {
  if (access.chat.kind === 'direct') refuse('conflict', 'direct')
  requireWritable(access)
  const isPrivateChannel = access.chat.kind === 'channel' && access.chat.visibility === 'private'
  if (isPrivateChannel || role !== 'member') requireRole(access, 'admin')
  requireRole(access, role)
}

async function bringIn(
  sql: Sql,
  { chat, member }: Access,
  { userId, role, now }: { userId: Id<'user'>; role: ChatRole; now: number },
) {
  const entered = await enter(sql, { chat, userId, role, actorId: member.user_id, now })
  return { ...entered, result: { member: entered.result.member, added: true } }
}
