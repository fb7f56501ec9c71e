import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** One secret key and all that is derived from it. */
export interface SecretKey {
  /** Names the key without telling it. */
  readonly fingerprint: string
  /** 32 bytes for one purpose. */
  derive(purpose: string): Uint8Array<ArrayBuffer>
  /** AES-256-GCM: nonce, text and tag in base64url. */
  encrypt(plain: string): string
  /** Throws on what was changed since. */
  decrypt(body: string): string
}

export function toSecretKey(secretKey: string): SecretKey {
  const derived = new Map<string, Uint8Array<ArrayBuffer>>()
  const derive = (purpose: string) => {
    const known = derived.get(purpose) ?? hkdf(secretKey, purpose)
    derived.set(purpose, known)
    return known
  }
  const sealKey = derive('seal')
  return {
    fingerprint: createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16),
    derive,
    encrypt: (plain) => encrypt(sealKey, plain),
    decrypt: (body) => decrypt(sealKey, Buffer.from(body, 'base64url')),
  }
}

/** HKDF (RFC 5869): no purpose's key tells anything about another's. */
function hkdf(secretKey: string, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', secretKey, 'warren', purpose, 32))
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

function encrypt(key: Uint8Array, plain: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

function decrypt(key: Uint8Array, bytes: Buffer): string {
  if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error('not a sealed value')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const plain = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES))
  return Buffer.concat([plain, decipher.final()]).toString('utf8')
}
