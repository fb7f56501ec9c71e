import { jwtVerify, SignJWT } from 'jose'
import type { App } from '../platform/context.ts'
import { hashToken } from '../platform/crypto.ts'
import type { Db } from '../platform/db/db.ts'
import { type Id, isUuid, newId } from '../platform/ids.ts'
import { createRecent, type Recent } from '../platform/recent.ts'
import type { Session } from '../platform/session.ts'
import { signingKey, verifyingKey } from './signingKeys.ts'

export const ACCESS_TOKEN_S = 30 * 60

/** RFC 8725 §3.8 to 3.12 and RFC 9068: nothing but an access token of this product is one. */
const ISSUER = 'warren'
const AUDIENCE = 'warren'
const TYPE = 'at+jwt'
const ALGORITHM = 'ES256'

/** Ours are about 400 characters. Longer ones are not looked at (S-02). */
const MAX_LENGTH = 1000

/** An access token for a session: it names the session and proves nothing by itself. */
export async function signAccessToken(app: App, session: Pick<Session, 'id' | 'userId'>): Promise<string> {
  const key = await signingKey(app)
  const now = Math.floor(app.clock.now() / 1000)
  return new SignJWT({ sid: session.id })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(session.userId)
    .setJti(newId())
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_S)
    .sign(key.privateKey)
}

export interface AccessClaims {
  sessionId: Id<'session'>
  userId: Id<'user'>
}

/** What a token claims, when the signature, the kind and the times are right; else null, whatever was wrong. */
export async function verifyAccessToken(app: App, token: string): Promise<AccessClaims | null> {
  if (token.length > MAX_LENGTH) return null
  const seen = seenOf(app)
  const hash = hashToken(token)
  const known = seen.get(hash)
  if (known !== undefined && known.expiresAt > app.clock.now()) return known.claims

  const verified = await verify(app, token)
  if (verified !== null) seen.set(hash, verified)
  return verified?.claims ?? null
}

interface Verified {
  claims: AccessClaims
  expiresAt: number
}

/** A signature that was right stays right until its token runs out, long before its key is forgotten. */
const SEEN = 10_000
const seenBy = new WeakMap<Db, Recent<string, Verified>>()

function seenOf({ db }: App): Recent<string, Verified> {
  const seen = seenBy.get(db) ?? createRecent<string, Verified>(SEEN)
  seenBy.set(db, seen)
  return seen
}

async function verify(app: App, token: string): Promise<Verified | null> {
  try {
    const { payload } = await jwtVerify(token, (header) => keyOf(app, header.kid), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti'],
      currentDate: new Date(app.clock.now()),
    })
    const claims = claimsOf(payload.sid, payload.sub)
    return claims && { claims, expiresAt: (payload.exp ?? 0) * 1000 }
  } catch (error) {
    if (isJoseError(error)) return null
    throw error
  }
}

class UnknownKey extends Error {
  readonly code = 'ERR_UNKNOWN_KEY'
}

async function keyOf(app: App, kid: unknown): Promise<CryptoKey> {
  const key = typeof kid === 'string' ? await verifyingKey(app, kid) : null
  if (key === null) throw new UnknownKey()
  return key
}

/** By its code, which minifying keeps: `ERR_J…` is jose's no, all else is a bug or a database that is down. */
function isJoseError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^ERR_(J|UNKNOWN_KEY)/.test(code)
}

function claimsOf(sid: unknown, sub: unknown): AccessClaims | null {
  if (typeof sid !== 'string' || typeof sub !== 'string' || !isUuid(sid) || !isUuid(sub)) return null
  return { sessionId: sid as Id<'session'>, userId: sub as Id<'user'> }
}
