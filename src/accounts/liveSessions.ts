import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { deleteOldSessions, selectAuthzChanged, selectLiveSessions } from './sql.sessions.ts'
import { deleteExpiredTokens } from './sql.tokens.ts'

/** Of these sessions, those that are good now. For sockets, which live as long as their session. */
export async function findLiveSessions(app: App, ids: readonly Id<'session'>[]): Promise<Set<Id<'session'>>> {
  if (ids.length === 0) return new Set()
  return new Set(await selectLiveSessions(app.db.ahead, ids, app.clock.now()))
}

/** Whose sessions ended or changed after this time (Unix ms, the database's clock), and when: for the sweep. */
export const findAuthzChanged = (app: App, since: number) => selectAuthzChanged(app.db.ahead, since)

/** For as long as anybody counts who was here lately. */
const KEEP_MS = 31 * 24 * 3600_000
/** So that nobody's message waits for it. */
const AT_ONCE = 200

/** Forgets tokens that expired and sessions that ended a month ago, a few at a time. Once an hour will do. */
export async function sweepSessions(app: App): Promise<void> {
  const now = app.clock.now()
  await untilFew(app, (sql) => deleteExpiredTokens(sql, now, AT_ONCE))
  await untilFew(app, (sql) => deleteOldSessions(sql, now - KEEP_MS, AT_ONCE))
}

async function untilFew(app: App, work: (sql: Sql) => Promise<number>): Promise<void> {
  while ((await app.db.write(work)) === AT_ONCE);
}
