import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Session } from '../platform/session.ts'
import type { Locale } from '../texts/index.ts'
import { endAllBut } from './endSessions.ts'
import { mailPasswordChanged } from './mail.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { bumpAuthz } from './sql.sessions.ts'
import { voidOneTimeTokens } from './sql.tokens.ts'
import { findUserById, setHash } from './sql.ts'

/** A stolen session must not be a way to guess the password. */
export const PASSWORD_CHECKS = { name: 'password_check', points: 10, perMs: 180_000 }

/**
 * Sets a new password and ends all sessions but this one. Refuses `forbidden` `wrong_password`, `rate_limited`.
 */
export async function changePassword(
  app: App,
  session: Session,
  { current, next, asked = null }: { current: string; next: string; asked?: Locale | null },
): Promise<void> {
  await app.limits.spend(PASSWORD_CHECKS, session.userId)
  const known = await findUserById(app.db.read, session.userId)
  const hash = known?.password_hash ?? null
  if (!(await verifyPassword(current, hash))) refuse('forbidden', 'wrong_password')

  const better = await hashPassword(next)
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    await sql.lock('users', session.userId)
    const user = await findUserById(sql, session.userId)
    if (!user || user.password_hash !== hash) return refuse('forbidden', 'wrong_password')
    await endAllBut(sql, session, now)
    await setHash(sql, session.userId, better, now)
    await voidOneTimeTokens(sql, session.userId, 'reset_password', now)
    await mailPasswordChanged(app, sql, user, asked)
  })
  app.bus.recheck(session.userId)
}

/** Sets a password by an operator's hand; every session ends. Refuses `not_found` `user`. */
export async function setPassword(app: App, userId: Id<'user'>, password: string): Promise<void> {
  const hash = await hashPassword(password)
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    await sql.lock('users', userId)
    if (!(await findUserById(sql, userId))) refuse('not_found', 'user')
    await bumpAuthz(sql, userId, now)
    await setHash(sql, userId, hash, now)
    await voidOneTimeTokens(sql, userId, 'reset_password', now)
  })
  app.bus.recheck(userId)
}
