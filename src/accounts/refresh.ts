import type { App } from '../platform/context.ts'
import { hashToken } from '../platform/crypto.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import type { Session } from '../platform/session.ts'
import { childOf, type Exchange, expiryOf, judgeExchange } from './refreshToken.ts'
import {
  endSessionRow,
  findLiveSession,
  findSession,
  renewSession,
  type SessionRow,
  touchAuthz,
} from './sql.sessions.ts'
import {
  findRefreshToken,
  insertRefreshToken,
  markRefreshTokenUsed,
  type RefreshTokenRow,
} from './sql.tokens.ts'
import { findUserById } from './sql.ts'
import { credentials, type SignedIn } from './startSession.ts'

/** Twenty tabs that wake at once fit; a loop does not. */
export const RENEWALS = { name: 'refresh', points: 120, perMs: 180_000 }

/**
 * Exchanges a refresh token for its child and a new access token. A retry within 10 s gets the same child while that
 * is unused; any other reuse ends the session. Refuses `unauthenticated` `refresh_token` whatever was wrong.
 */
export async function refresh(app: App, token: string): Promise<SignedIn> {
  const session = await findFamily(app, token)
  if (session === undefined) return refuse('unauthenticated', 'refresh_token')
  await app.limits.spend(RENEWALS, session.id)

  const children = childrenOf(app, token)
  const { exchange, child } = await app.db.write(async (sql) => {
    await sql.lock('users', session.user_id)
    const known = await findChild(sql, children)
    const exchanging = {
      session,
      hash: hashToken(token),
      childHash: hashToken(known.token),
      child: known.row,
    }
    return { exchange: await exchangeToken(sql, exchanging, app.clock.now()), child: known.token }
  })
  if (exchange === 'reuse') app.bus.recheck(session.user_id)
  const user = await findUserById(app.db.read, session.user_id)
  const isGranted = exchange === 'first' || exchange === 'retry'
  if (!user || !isGranted) return refuse('unauthenticated', 'refresh_token')
  return credentials(app, user, { id: session.id, refreshToken: child })
}

/** Whose session a refresh token could be exchanged for now, without exchanging it; null when it could not. */
export async function findSpendable(app: App, token: string): Promise<Session | null> {
  const now = app.clock.now()
  const { read } = app.db
  const parent = await findRefreshToken(read, hashToken(token))
  if (parent === undefined) return null
  const { row: child } = await findChild(read, childrenOf(app, token))
  const exchange = judgeExchange(parent, child, now)
  if (exchange !== 'first' && exchange !== 'retry') return null
  return (await findLiveSession(read, parent.session_id, now)) ?? null
}

/** While the secret key is being replaced, a node may have derived the child from the other one. */
const childrenOf = (app: App, token: string): string[] =>
  app.secrets.keys('refresh').map((key) => childOf(token, key))

interface Child {
  token: string
  row: RefreshTokenRow | undefined
}

/** The child that there is, else the one that there would be. */
async function findChild(sql: Sql, [first = '', ...others]: readonly string[]): Promise<Child> {
  const row = await findRefreshToken(sql, hashToken(first))
  if (row !== undefined || others.length === 0) return { token: first, row }
  const other = await findChild(sql, others)
  return other.row === undefined ? { token: first, row } : other
}

/** Ours have 43 characters; the session that a token belongs to never changes, so this needs no lock. */
async function findFamily(app: App, token: string): Promise<SessionRow | undefined> {
  if (token.length !== 43) return undefined
  const known = await findRefreshToken(app.db.read, hashToken(token))
  return known && (await findSession(app.db.read, known.session_id))
}

interface Exchanging {
  session: SessionRow
  hash: string
  childHash: string
  child: RefreshTokenRow | undefined
}

/** Only ever inserts the one child that the parent has, so that twenty at once leave one head. */
async function exchangeToken(sql: Sql, exchanging: Exchanging, now: number): Promise<Exchange> {
  const { session, hash, child } = exchanging
  const parent = await findRefreshToken(sql, hash)
  const isAlive = (await findLiveSession(sql, session.id, now)) !== undefined
  if (!parent || !isAlive) return 'expired'

  const exchange = judgeExchange(parent, child, now)
  if (exchange === 'first') await giveChild(sql, exchanging, now)
  if (exchange === 'reuse') await endFamily(sql, session.id, session.user_id, now)
  return exchange
}

async function giveChild(sql: Sql, { session, hash, childHash }: Exchanging, now: number): Promise<void> {
  const expiresAt = expiryOf(session.created_at, now)
  await markRefreshTokenUsed(sql, hash, now)
  await insertRefreshToken(sql, {
    hash: childHash,
    session_id: session.id,
    created_at: now,
    expires_at: expiresAt,
    used_at: null,
  })
  await renewSession(sql, session.id, now, expiresAt)
}

async function endFamily(sql: Sql, id: Id<'session'>, userId: Id<'user'>, now: number): Promise<void> {
  await endSessionRow(sql, id, now)
  await touchAuthz(sql, userId, now)
}
