import type { App } from '../platform/context.ts'
import type { Session } from '../platform/session.ts'
import { verifyAccessToken } from './accessToken.ts'
import { findGoodSession } from './sessionCache.ts'

/**
 * Who an access token speaks for, now: the session has not ended, the person is active and nothing was taken from
 * them since. Null for anything else. REST, pages and sockets ask here and nowhere else (S-05).
 */
export async function authenticate(app: App, accessToken: string): Promise<Session | null> {
  const claims = await verifyAccessToken(app, accessToken)
  return claims === null ? null : findGoodSession(app, claims)
}
