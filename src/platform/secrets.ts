import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { keepSecretKey } from './secretsFile.ts'

/** Keys derived from the one secret of the installation (`WARREN_SECRET_KEY` or `$DATA/secrets.toml`, 0600). */
export interface Secrets {
  /** Names the key without telling it: kept in the database, so that a node with another key is found out. */
  readonly fingerprint: string
  /** 32 bytes for one purpose, the same on every node: `refresh`, `invite`, `seal`, … */
  key(purpose: string): Uint8Array<ArrayBuffer>
  /** AES-256-GCM with a key id in the value. At once: it is done inside writes, which await nothing but their rows. */
  seal(plain: string): string
  /** Throws on what was sealed under another key, or changed since. */
  open(sealed: string): string
}

/** The secrets of this installation; on an empty data folder they are made and kept. */
export function openSecrets(config: Pick<Config, 'secretKey' | 'dataDir'>): Secrets {
  return createSecrets(config.secretKey ?? keepSecretKey(config.dataDir))
}

export function createSecrets(secretKey: string): Secrets {
  const derived = new Map<string, Uint8Array<ArrayBuffer>>()
  const key = (purpose: string) => {
    const known = derived.get(purpose) ?? derive(secretKey, purpose)
    derived.set(purpose, known)
    return known
  }

  const fingerprint = createHash('sha256').update(key('fingerprint')).digest('hex').slice(0, 16)
  const sealKey = key('seal')
  return {
    fingerprint,
    key,
    seal: (plain) => `v1.${fingerprint}.${encrypt(sealKey, plain)}`,
    open: (sealed) => decrypt(sealKey, unwrap(sealed, fingerprint)),
  }
}

/** HKDF (RFC 5869): no purpose's key tells anything about another's. */
function derive(secretKey: string, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', secretKey, 'warren', purpose, 32))
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Nonce, text, tag. */
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

function unwrap(sealed: string, fingerprint: string): Buffer {
  const [version, keyId, body] = sealed.split('.')
  if (version !== 'v1' || !keyId || !body) throw new Error('not a sealed value')
  if (keyId !== fingerprint) throw new Error(`sealed under another key (${keyId}, ours is ${fingerprint})`)
  return Buffer.from(body, 'base64url')
}
