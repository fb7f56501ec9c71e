import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import { hasRole, requireUser } from '../accounts/index.ts'
import { type InviteRow, rolesUpTo } from './invite.ts'
import { findInvite, findOpenInvite, revokeInviteRow, selectInvites } from './sql.ts'

/** `next` is null on the last page. */
export interface InviteList {
  invites: InviteRow[]
  next: string | null
}

/**
 * The invites that can still be used or are used up, the newest first. Only those up to one's own role: a code is as
 * good as an account of its role. Refuses `forbidden` `role` below server admin.
 */
export async function listInvites(
  app: App,
  userId: Id<'user'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<InviteList> {
  const role = await requireAdmin(app.db.read, userId)
  const rows = await selectInvites(app.db.read, {
    roles: rolesUpTo(role),
    before: readCursor(cursor),
    limit: limit + 1,
    now: app.clock.now(),
  })
  const invites = rows.slice(0, limit)
  const last = rows.length > limit ? invites.at(-1) : undefined
  return { invites, next: last ? `${last.created_at}.${last.code}` : null }
}

/** From now on nobody comes in by it; repeated, the same. Refuses `not_found` `invite`, also above one's own role. */
export async function revokeInvite(app: App, userId: Id<'user'>, code: string): Promise<void> {
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    const role = await requireAdmin(sql, userId)
    const invite = await findInvite(sql, code)
    if (!invite || !hasRole(role, invite.role)) refuse('not_found', 'invite')
    await revokeInviteRow(sql, code, now)
  })
}

/** What a page may know of a code before anybody signs up with it; null when it lets nobody in. */
export async function readInvite(
  app: App,
  code: string,
): Promise<Pick<InviteRow, 'role' | 'expires_at' | 'created_by'> | null> {
  const invite = await findOpenInvite(app.db.read, code, app.clock.now())
  return invite ? { role: invite.role, expires_at: invite.expires_at, created_by: invite.created_by } : null
}

async function requireAdmin(sql: Sql, userId: Id<'user'>): Promise<Role> {
  const { role } = await requireUser(sql, userId)
  return hasRole(role, 'admin') ? role : refuse('forbidden', 'role')
}

function readCursor(cursor: string | undefined): { createdAt: number; code: string } {
  if (cursor === undefined) return { createdAt: Number.MAX_SAFE_INTEGER, code: '' }
  const [, createdAt, code] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? refuse('invalid', 'cursor')
  return { createdAt: Number(createdAt), code: code ?? '' }
}
