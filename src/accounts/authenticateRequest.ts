import type { App } from '../platform/context.ts'
import { Refusal } from '../platform/errors.ts'
import type { Session } from '../platform/session.ts'
import { authenticate } from './authenticate.ts'
import { readCookies, signInCookies, signOutCookies } from './cookies.ts'
import { refresh } from './refresh.ts'
import { findLiveSession } from './sql.sessions.ts'
import type { SignedIn } from './startSession.ts'

/** What of a request says who asks. */
export interface Asking {
  headers: Headers
  /** By HTTPS, as the client sees it. */
  secure: boolean
}

/** Who asks, and what the answer must carry. */
export interface Answer {
  session: Session | null
  /** To be sent with the answer: the browser's tokens were renewed, or are worth nothing any more. */
  setCookies: string[]
}

/**
 * Who asks: by `Authorization: Bearer`, else by cookie, which is renewed when its access token has run out. A header
 * that is there and wrong is a stranger's: nothing falls back to a cookie. Refuses `rate_limited`, `unavailable`.
 */
export async function authenticateRequest(app: App, { headers, secure }: Asking): Promise<Answer> {
  const authorization = headers.get('authorization')
  if (authorization !== null) return plain(await byBearer(app, authorization))
  return byCookie(app, { headers, secure })
}

const plain = (session: Session | null): Answer => ({ session, setCookies: [] })

/** By the header alone; null for whatever is not good. */
export async function byBearer(app: App, authorization: string): Promise<Session | null> {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? []
  return token === undefined ? null : authenticate(app, token)
}

async function byCookie(app: App, { headers, secure }: Asking): Promise<Answer> {
  const { access, refresh: refreshToken } = readCookies(headers, secure)
  const session = access ? await authenticate(app, access) : null
  if (session) return plain(session)
  if (!refreshToken) return { session: null, setCookies: access ? signOutCookies(secure) : [] }

  const renewed = await renew(app, refreshToken)
  if (renewed === null) return { session: null, setCookies: signOutCookies(secure) }
  const known = await findLiveSession(app.db.read, renewed.sessionId, app.clock.now())
  return { session: known ?? null, setCookies: signInCookies(renewed, secure) }
}

/** Null when the token is no good; that the database is away or the rate spent is for the caller to answer. */
async function renew(app: App, token: string): Promise<SignedIn | null> {
  try {
    return await refresh(app, token)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unauthenticated') return null
    throw error
  }
}
