import { createHmac } from 'node:crypto'
import type { RefreshTokenRow } from './sql.tokens.ts'

export const REFRESH_TOKEN_MS = 7 * 24 * 3600_000
/** However often it is renewed, a session ends this long after the password was given. */
export const SESSION_MAX_MS = 90 * 24 * 3600_000
/** A retry (a lost answer, twenty tabs) gets the same child for so long. */
export const RETRY_MS = 10_000

/** The one token that a token can be exchanged for: nobody without the key can foretell it, and nobody stores it. */
export const childOf = (token: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(token).digest('base64url')

/** Until when a session renewed now lasts. */
export const expiryOf = (createdAt: number, now: number): number =>
  Math.min(now + REFRESH_TOKEN_MS, createdAt + SESSION_MAX_MS)

export type Exchange = 'first' | 'retry' | 'expired' | 'reuse'

/** What it means that this token is shown now. Reuse means that two hold it, and one of them is a thief (S-03). */
export function judgeExchange(
  parent: RefreshTokenRow,
  child: RefreshTokenRow | undefined,
  now: number,
): Exchange {
  if (parent.used_at === null) return parent.expires_at > now ? 'first' : 'expired'
  const unused = child !== undefined && child.used_at === null
  return unused && now - parent.used_at <= RETRY_MS ? 'retry' : 'reuse'
}
