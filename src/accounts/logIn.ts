import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'
import { findUserByEmail, replaceHash } from './sql.ts'
import { credentials, type SignedIn, startSession } from './startSession.ts'
import type { UserRow } from './user.ts'

/** Ten minutes of a person's mistakes fit, a list of passwords does not (`docs/protocol.md`, limits). */
const PER_MS = 180_000
export const PER_ACCOUNT_AND_ADDRESS = { name: 'login_account_address', points: 10, perMs: PER_MS }
export const PER_ACCOUNT = { name: 'login_account', points: 50, perMs: PER_MS }
export const FAILURES_PER_ADDRESS = { name: 'login_failures', points: 200, perMs: PER_MS }

/** As parsed by `emailInput` and `givenPassword`. */
export interface LogInDraft {
  email: string
  password: string
}

/** Where a request comes from: for limits and for the list of sessions. */
export interface Origin {
  address: string
  userAgent: string
}

/**
 * Checks a password and opens a session. Refuses `unauthenticated` `credentials` for an unknown, wrong or deactivated
 * account alike, after the same work; `forbidden` `email_unverified`, only after a right password; `rate_limited`.
 */
export async function logIn(app: App, { email, password }: LogInDraft, from: Origin): Promise<SignedIn> {
  await app.limits.check(FAILURES_PER_ADDRESS, from.address)
  await app.limits.spend(PER_ACCOUNT_AND_ADDRESS, `${email} ${from.address}`)
  await app.limits.spend(PER_ACCOUNT, email)

  const known = await findUserByEmail(app.db.read, email)
  const right = await verifyPassword(password, known?.password_hash ?? null)
  if (!known || !right || known.is_active === 0) {
    await app.limits.spend(FAILURES_PER_ADDRESS, from.address)
    return refuse('unauthenticated', 'credentials')
  }
  if (mustVerify(app, known)) refuse('forbidden', 'email_unverified')
  return openSession(app, known, password, from)
}

/** Whether this account must prove its e-mail first: only where mail can be sent. */
const mustVerify = (app: App, user: UserRow): boolean =>
  app.config.smtpUrl !== null && user.email_verified_at === null

/** A hash brought along from elsewhere is replaced by one of ours, now that the password is at hand. */
async function openSession(app: App, known: UserRow, password: string, from: Origin): Promise<SignedIn> {
  const hash = known.password_hash ?? ''
  const better = isOutdated(hash) ? await hashPassword(password) : null
  const { user, session } = await app.db.write(async (sql) => {
    await sql.lock('users', known.id)
    const user = await requireUnchanged(sql, known)
    if (better) await replaceHash(sql, user.id, better)
    return { user, session: await startSession(sql, user, from.userAgent, app.clock.now()) }
  })
  return credentials(app, user, session)
}

/** Between the check and the write the password may have been changed or the person sent away. */
async function requireUnchanged(sql: Sql, known: UserRow): Promise<UserRow> {
  const user = await findUserByEmail(sql, known.email)
  const unchanged = user?.is_active === 1 && user.password_hash === known.password_hash
  return unchanged ? user : refuse('unauthenticated', 'credentials')
}
