import { createHash, hkdfSync } from 'node:crypto'
import type { Config } from '../config.ts'
import { keepSecretKey } from './secretsFile.ts'

/** Keys derived from the one secret of the installation (`WARREN_SECRET_KEY` or `$DATA/secrets.toml`, 0600). */
export interface Secrets {
  /** Names the key without telling it: kept in the database, so that a node with another key is found out. */
  readonly fingerprint: string
  /** 32 bytes for one purpose, the same on every node: `refresh`, `invite`, `seal`, … */
  key(purpose: string): Uint8Array<ArrayBuffer>
  /** AES-256-GCM with a key id in the value. */
  seal(plain: string): Promise<string>
  /** Throws on what was sealed under another key, or changed since. */
  open(sealed: string): Promise<string>
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
  const sealKey = crypto.subtle.importKey('raw', key('seal'), 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    fingerprint,
    key,
    seal: async (plain) => `v1.${fingerprint}.${await encrypt(await sealKey, plain)}`,
    open: async (sealed) => decrypt(await sealKey, unwrap(sealed, fingerprint)),
  }
}

/** HKDF (RFC 5869): no purpose's key tells anything about another's. */
function derive(secretKey: string, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', secretKey, 'warren', purpose, 32))
}

const IV_BYTES = 12

async function encrypt(key: CryptoKey, plain: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(plain))
  return Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64url')
}

async function decrypt(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = bytes.subarray(0, IV_BYTES)
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.subarray(IV_BYTES))
  return new TextDecoder().decode(plain)
}

function unwrap(sealed: string, fingerprint: string): Uint8Array<ArrayBuffer> {
  const [version, keyId, body] = sealed.split('.')
  if (version !== 'v1' || !keyId || !body) throw new Error('not a sealed value')
  if (keyId !== fingerprint) throw new Error(`sealed under another key (${keyId}, ours is ${fingerprint})`)
  return new Uint8Array(Buffer.from(body, 'base64url'))
}
