import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { mailOrigin, resetLink } from './links.ts'
import { issueToken } from './oneTimeToken.ts'
import { findUserById } from './sql.ts'
import { hasRole, isAbove, type UserRow } from './user.ts'

/**
 * A link that an admin hands to somebody below them, for a server without mail. Refuses `forbidden` `role` to others,
 * `not_found` `user`.
 */
export async function createResetLink(app: App, actorId: Id<'user'>, userId: Id<'user'>): Promise<string> {
  const token = await app.db.write(async (sql) => {
    await sql.lock('users', userId)
    const user = await requireBelow(sql, actorId, userId)
    return issueToken(sql, user.id, 'reset_password', app.clock.now())
  })
  return resetLink(mailOrigin(app.config), token)
}

async function requireBelow(sql: Sql, actorId: Id<'user'>, userId: Id<'user'>): Promise<UserRow> {
  const actor = await findUserById(sql, actorId)
  if (actor?.is_active !== 1 || !hasRole(actor.role, 'admin')) return refuse('forbidden', 'role')
  const user = await findUserById(sql, userId)
  if (user?.is_active !== 1) return refuse('not_found', 'user')
  return isAbove(actor.role, user.role) ? user : refuse('forbidden', 'role')
}
