import type { App } from '../platform/context.ts'
import { newToken } from '../platform/crypto.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import { type By, hasRole, OPERATOR, requireUser, selectFirstOwner } from '../accounts/index.ts'
import { requireMember, requireRole, requireWritable } from '../chats/index.ts'
import { DEFAULT_EXPIRY_S, type InviteRow } from './invite.ts'
import { insertInvite } from './sql.ts'

/** Left out: a member, any number of uses, seven days, no chats. `max_uses` null is any number too. */
export interface InviteDraft {
  role?: Role | undefined
  max_uses?: number | null | undefined
  expires_in_s?: number | undefined
  chat_ids?: readonly Id<'chat'>[] | undefined
}

const INVITES = { name: 'invites', points: 100, perMs: 600_000 }

/**
 * Makes a code that lets people in, with a role up to one's own and into chats to which one may add people. An operator
 * invites in the name of the first owner. Refuses `forbidden` `role`, `invalid` `guest_chats` for a guest without a
 * chat, `conflict` `no_owner`, and what adding to the chat would refuse.
 */
export async function createInvite(app: App, by: By, draft: InviteDraft): Promise<InviteRow> {
  await app.limits.spend(INVITES, by)
  const { role = 'member', max_uses = null, expires_in_s = DEFAULT_EXPIRY_S } = draft
  const chatIds = [...new Set(draft.chat_ids ?? [])]
  if (role === 'guest' && chatIds.length === 0) refuse('invalid', 'guest_chats')
  const now = app.clock.now()
  return app.db.write(async (sql) => {
    const inviter = await requireInviter(sql, by, role)
    for (const chatId of chatIds) await requireAdder(sql, chatId, inviter)
    const invite: InviteRow = {
      code: newToken(),
      role,
      max_uses,
      uses: 0,
      expires_at: now + expires_in_s * 1000,
      chat_ids: JSON.stringify(chatIds),
      created_by: inviter,
      created_at: now,
      revoked_at: null,
    }
    await insertInvite(sql, invite)
    return invite
  })
}

async function requireInviter(sql: Sql, by: By, role: Role): Promise<Id<'user'>> {
  if (by === OPERATOR) return (await selectFirstOwner(sql)) ?? refuse('conflict', 'no_owner')
  const inviter = await requireUser(sql, by as Id<'user'>)
  if (!hasRole(inviter.role, 'admin') || !hasRole(inviter.role, role)) refuse('forbidden', 'role')
  return inviter.id
}

/** The rule of adding a member, looked at before there is one; it is asked again when somebody comes. */
async function requireAdder(sql: Sql, chatId: Id<'chat'>, userId: Id<'user'>): Promise<void> {
  const access = await requireMember(sql, chatId, userId)
  if (access.chat.kind === 'direct') refuse('conflict', 'direct')
  requireWritable(access)
  if (access.chat.kind === 'channel' && access.chat.visibility === 'private') requireRole(access, 'admin')
}
