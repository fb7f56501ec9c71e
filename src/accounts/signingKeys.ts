import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { App } from '../platform/context.ts'
import type { Db } from '../platform/db/db.ts'
import { canOpen } from '../platform/secrets.ts'
import { deleteRetiredKeys, insertSigningKey, type SigningKeyRow, selectSigningKeys } from './sql.tokens.ts'

/** A key signs for 30 days, and is believed for an hour longer: twice the life of what it signed last. */
export const SIGNS_FOR_MS = 30 * 24 * 3600_000
export const OVERLAP_MS = 3600_000
/** Tokens that name an unknown key make the node look for new keys, but not more often than this. */
const LOOK_AGAIN_MS = 1000

export interface SigningKey {
  kid: string
  privateKey: CryptoKey
  publicKey: CryptoKey
  signsUntil: number
  retiresAt: number
}

interface Ring {
  keys: Map<string, SigningKey>
  /** The highest number of all, also of those that were sealed with a secret key that is lost. */
  lastNumber: number
  lookedAt: number
  /** One look or one new key at a time. */
  busy: Promise<void> | null
}

/** The opened keys of a database: they live there, sealed, so that every node signs and believes the same. */
const rings = new WeakMap<Db, Ring>()

/** The key that signs now; made when there is none, or when the newest has served its time. */
export async function signingKey(app: App): Promise<SigningKey> {
  const ring = ringOf(app)
  const current = newest(ring)
  if (current && current.signsUntil > app.clock.now()) return current

  await once(ring, async () => {
    await load(app, ring)
    const known = newest(ring)
    if (known && known.signsUntil > app.clock.now()) return
    await makeNext(app, ring.lastNumber + 1)
    await load(app, ring)
  })
  const made = newest(ring)
  if (made && made.signsUntil > app.clock.now()) return made
  throw new Error('no key to sign with')
}

/** The key of a token's header, if it is one of ours and not retired. Nothing is fetched from anywhere else. */
export async function verifyingKey(app: App, kid: string): Promise<CryptoKey | null> {
  const ring = ringOf(app)
  // A look that others began is waited for: after a restart they come by the hundred, and none may be sent away.
  const mayLook = ring.busy !== null || ring.lookedAt + LOOK_AGAIN_MS <= app.clock.now()
  if (!ring.keys.has(kid) && mayLook) {
    await once(ring, () => load(app, ring))
  }
  const key = ring.keys.get(kid)
  return key && key.retiresAt > app.clock.now() ? key.publicKey : null
}

function ringOf(app: App): Ring {
  const known = rings.get(app.db) ?? { keys: new Map(), lastNumber: 0, lookedAt: 0, busy: null }
  rings.set(app.db, known)
  return known
}

function once(ring: Ring, work: () => Promise<void>): Promise<void> {
  ring.busy ??= work().finally(() => {
    ring.busy = null
  })
  return ring.busy
}

function newest(ring: Ring): SigningKey | undefined {
  return [...ring.keys.values()].reduce<SigningKey | undefined>(
    (best, key) => (best === undefined || key.retiresAt > best.retiresAt ? key : best),
    undefined,
  )
}

async function load(app: App, ring: Ring): Promise<void> {
  const rows = await selectSigningKeys(app.db.read)
  ring.lookedAt = app.clock.now()
  ring.lastNumber = Math.max(0, ...rows.map((row) => Number(row.kid)))
  // One that was opened stays good when it is sealed anew with a key that this node was not given: nobody is signed out.
  const ours = rows.filter((row) => ring.keys.has(row.kid) || canOpen(app.secrets, row.sealed_jwk))
  const opened = await Promise.all(ours.map((row) => ring.keys.get(row.kid) ?? open(app, row)))
  ring.keys = new Map(opened.map((key) => [key.kid, key]))
}

async function open(app: App, row: SigningKeyRow): Promise<SigningKey> {
  const jwk = JSON.parse(app.secrets.open(row.sealed_jwk)) as JWK
  const { d: _, ...publicJwk } = jwk
  return {
    kid: row.kid,
    privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey,
    publicKey: (await importJWK(publicJwk, 'ES256')) as CryptoKey,
    signsUntil: row.retires_at - OVERLAP_MS,
    retiresAt: row.retires_at,
  }
}

/** Its number is its name: of two nodes that make the next key at once, one stores it and the other loads that. */
async function makeNext(app: App, number: number): Promise<void> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sealed = app.secrets.seal(JSON.stringify(await exportJWK(privateKey)))
  const now = app.clock.now()
  await app.db.write(async (sql) => {
    await insertSigningKey(sql, {
      kid: String(number),
      sealed_jwk: sealed,
      created_at: now,
      retires_at: now + SIGNS_FOR_MS + OVERLAP_MS,
    })
    await deleteRetiredKeys(sql, now)
  })
}
