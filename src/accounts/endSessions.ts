import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Session } from '../platform/session.ts'
import { bumpAuthz, endSessionRow, findSession, keepSession, touchAuthz } from './sql.sessions.ts'

/** Signs this session out, on every node; its sockets close. Signing out twice is signing out. */
export async function logOut(app: App, session: Session): Promise<void> {
  await endSession(app, session.userId, session.id)
}

/** Ends one of the user's own sessions. Refuses `not_found` `session` for anybody else's. */
export async function endSession(app: App, userId: Id<'user'>, sessionId: Id<'session'>): Promise<void> {
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    await sql.lock('users', userId)
    const session = await findSession(sql, sessionId)
    if (session?.user_id !== userId) refuse('not_found', 'session')
    await endSessionRow(sql, sessionId, now)
    await touchAuthz(sql, userId, now)
  })
  app.bus.recheck(userId)
}

/** Signs the user out everywhere but here. */
export async function endOtherSessions(app: App, session: Session): Promise<void> {
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    await sql.lock('users', session.userId)
    await endAllBut(sql, session, now)
  })
  app.bus.recheck(session.userId)
}

/** Inside a write, under the user's lock. A session that ended in the meantime is not brought back. */
export async function endAllBut(sql: Sql, { id, userId }: Session, now: number): Promise<void> {
  const current = await findSession(sql, id)
  if (current?.user_id !== userId || current.ended_at !== null) refuse('unauthenticated', 'session_over')
  await bumpAuthz(sql, userId, now)
  await keepSession(sql, id)
}
