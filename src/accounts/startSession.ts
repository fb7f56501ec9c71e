import type { App } from '../platform/context.ts'
import { hashToken, newToken } from '../platform/crypto.ts'
import type { Sql } from '../platform/db/db.ts'
import { type Id, newId } from '../platform/ids.ts'
import { ACCESS_TOKEN_S, signAccessToken } from './accessToken.ts'
import { expiryOf } from './refreshToken.ts'
import { insertSession } from './sql.sessions.ts'
import { insertRefreshToken } from './sql.tokens.ts'
import type { UserRow } from './user.ts'

/** What a person holds after logging in. Tokens are told once and stored nowhere. */
export interface SignedIn {
  user: UserRow
  sessionId: Id<'session'>
  accessToken: string
  refreshToken: string
  /** Seconds until the access token runs out. */
  expiresIn: number
}

export interface StartedSession {
  id: Id<'session'>
  refreshToken: string
}

const MAX_USER_AGENT = 300

/** Opens a session inside a write; `user` must have been read in it. */
export async function startSession(
  sql: Sql,
  user: UserRow,
  userAgent: string,
  now: number,
): Promise<StartedSession> {
  const id = newId<'session'>()
  const refreshToken = newToken()
  const expiresAt = expiryOf(now, now)
  await insertSession(sql, {
    id,
    user_id: user.id,
    authz_version: user.authz_version,
    user_agent: userAgent.slice(0, MAX_USER_AGENT),
    created_at: now,
    last_used_at: now,
    expires_at: expiresAt,
    ended_at: null,
  })
  await insertRefreshToken(sql, {
    hash: hashToken(refreshToken),
    session_id: id,
    created_at: now,
    expires_at: expiresAt,
    used_at: null,
  })
  return { id, refreshToken }
}

/** Adds the access token, which is signed after the commit. */
export async function credentials(app: App, user: UserRow, session: StartedSession): Promise<SignedIn> {
  return {
    user,
    sessionId: session.id,
    accessToken: await signAccessToken(app, { id: session.id, userId: user.id }),
    refreshToken: session.refreshToken,
    expiresIn: ACCESS_TOKEN_S,
  }
}
