import type { App } from '../platform/context.ts'
import type { Db } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { createRecent, type Recent } from '../platform/recent.ts'
import type { Session } from '../platform/session.ts'
import type { AccessClaims } from './accessToken.ts'
import { selectLiveSession } from './sql.sessions.ts'

// A node that hears of every change may remember whose session is good: by `bus.recheck` at once, by the sweep within
// two seconds. docs/decisions/0007-caching.md has the figures.

interface Known {
  session: Session
  /** By the clock of the database. */
  until: number
}

interface Cache {
  users: Recent<Id<'user'>, Map<Id<'session'>, Known>>
  /** How often anybody's sessions changed: what was read before the last change is not kept. */
  changes: number
  isFresh(): boolean
}

const MAX_USERS = 10_000
/** However news of its end was lost: a commit may be seen after the sweep has stopped looking for it. */
const MAX_AGE_MS = 10 * 60_000
/** More than sockets may be open; whoever has more is read anew. */
const MAX_SESSIONS = 20

const caches = new WeakMap<Db, Cache>()

/**
 * From here on this process remembers sessions, for as long as `isFresh` says that it hears of changes: else each is
 * read from the database. Whoever calls this must call `forgetSessions` for every change.
 */
export function trustSessions(app: App, isFresh: () => boolean): void {
  caches.set(app.db, { users: createRecent(MAX_USERS), changes: 0, isFresh })
}

/** Sessions of these users ended or changed. */
export function forgetSessions(app: App, userIds: readonly Id<'user'>[]): void {
  const cache = caches.get(app.db)
  if (cache === undefined || userIds.length === 0) return
  cache.changes++
  for (const userId of userIds) cache.users.delete(userId)
}

/** The session, while it is good: as it was read, or as it is remembered. */
export async function findGoodSession(
  app: App,
  { userId, sessionId }: AccessClaims,
): Promise<Session | null> {
  const now = app.clock.now()
  const cache = caches.get(app.db)
  const known = cache?.isFresh() ? cache.users.get(userId)?.get(sessionId) : undefined
  if (known !== undefined && known.until > now) return known.session

  const changes = cache?.changes
  const found = await selectLiveSession(app.db.read, sessionId, now)
  if (found?.session.userId !== userId) return null
  if (cache !== undefined && cache.changes === changes) {
    remember(cache, { session: found.session, until: Math.min(found.expiresAt, now + MAX_AGE_MS) })
  }
  return found.session
}

function remember({ users }: Cache, known: Known): void {
  const { id, userId } = known.session
  const sessions = users.get(userId) ?? new Map<Id<'session'>, Known>()
  if (sessions.size >= MAX_SESSIONS) sessions.clear()
  sessions.set(id, known)
  users.set(userId, sessions)
}
