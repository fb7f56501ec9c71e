import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import { bumpAuthz } from './sql.sessions.ts'
import { voidOneTimeTokens } from './sql.tokens.ts'
import { findUserById, selectActiveOwners, setStanding as storeStanding } from './sql.ts'
import { hasRole, isAbove, type UserRow } from './user.ts'

/** Whoever is at the machine itself, by the command line: bound only by "the last owner stays". */
export const OPERATOR = 'operator'
/** Who changes something: a person, or the operator. */
export type By = Id<'user'> | typeof OPERATOR

/** Only what is given changes. */
export interface StandingChange {
  userId: Id<'user'>
  role?: Role | undefined
  is_active?: boolean | undefined
}

/**
 * Changes what somebody is on this server; all their sessions end, and their sockets close. People are managed from
 * above: a server admin, somebody below, to a role not above one's own. Refuses `forbidden` `role`, `not_found`
 * `user`, `conflict` `last_server_owner`. A change to the same is none, and told all the same.
 */
export async function setStanding(app: App, by: By, change: StandingChange): Promise<UserRow> {
  const now = app.clock.now()
  const changed = await app.db.write(async (sql) => {
    const owners = await lockPeople(sql, change.userId)
    const actor = by === OPERATOR ? OPERATOR : await requireAdmin(sql, by as Id<'user'>)
    const known = (await findUserById(sql, change.userId)) ?? refuse('not_found', 'user')
    const wanted = standingAfter(known, change)
    requireAbove(actor, known, wanted.role)
    const isSame = wanted.role === known.role && wanted.is_active === known.is_active
    if (isSame) return known
    requireOwnerLeft(owners, known, wanted)
    return store(sql, known, wanted, now)
  })
  // Also of a change to the same: it may be the repeat of one whose answer at COMMIT was lost, and told to nobody.
  app.bus.recheck(changed.id)
  return changed
}

/** The person and every owner, in ascending order: of two owners who step down at once the second must see the first. */
async function lockPeople(sql: Sql, userId: Id<'user'>): Promise<Id<'user'>[]> {
  const ids = [...new Set([userId, ...(await selectActiveOwners(sql))])].sort()
  for (const id of ids) await sql.lock('users', id)
  return selectActiveOwners(sql)
}

async function requireAdmin(sql: Sql, id: Id<'user'>): Promise<UserRow> {
  const actor = await findUserById(sql, id)
  return actor?.is_active === 1 && hasRole(actor.role, 'admin') ? actor : refuse('forbidden', 'role')
}

type Standing = Pick<UserRow, 'role' | 'is_active'>

const standingAfter = (user: UserRow, { role, is_active: active }: StandingChange): Standing => ({
  role: role ?? user.role,
  is_active: active === undefined ? user.is_active : Number(active),
})

function requireAbove(actor: UserRow | typeof OPERATOR, user: UserRow, role: Role): void {
  if (actor === OPERATOR) return
  if (!isAbove(actor.role, user.role) || isAbove(role, actor.role)) refuse('forbidden', 'role')
}

function requireOwnerLeft(owners: readonly Id<'user'>[], user: UserRow, wanted: Standing): void {
  const stays = wanted.role === 'owner' && wanted.is_active === 1
  const isLast = owners.length === 1 && owners[0] === user.id
  if (isLast && !stays) refuse('conflict', 'last_server_owner')
}

async function store(sql: Sql, user: UserRow, wanted: Standing, now: number): Promise<UserRow> {
  await storeStanding(sql, user.id, wanted, now)
  await bumpAuthz(sql, user.id, now)
  // A link that an admin made for somebody below them must not open the account of somebody above (S-17).
  await voidOneTimeTokens(sql, user.id, 'reset_password', now)
  return { ...user, ...wanted }
}
