import type { Config } from '../config.ts'
import { refuse } from './errors.ts'
import { type KeptKeys, keepSecretKeys } from './secretsFile.ts'
import { type SecretKey, toSecretKey } from './secretsKey.ts'

/**
 * What is derived from the secret key of the installation (`WARREN_SECRET_KEY` or `$DATA/secrets.toml`, 0600). While
 * that is being replaced a node knows two keys: both open, and the one that the database is on seals.
 */
export interface Secrets {
  /** Names the key that is configured. */
  readonly fingerprint: string
  /** Names the key that seals now: kept in the database, so that a node with another key is found out. */
  readonly sealing: string
  /** Why nothing is sealed here at the moment, for whoever runs the node; null when it is. */
  readonly trouble: string | null
  knows(fingerprint: string): boolean
  /** 32 bytes for one purpose, the same on every node, by each known key; by the one that seals first. */
  keys(purpose: string): Uint8Array<ArrayBuffer>[]
  /**
   * AES-256-GCM with a key id in the value. At once: it is done inside writes, which await nothing but their rows.
   * Refuses `unavailable` `key_missing` while there is trouble.
   */
  seal(plain: string): string
  /** Throws on what was sealed under a key that is not known, or changed since. */
  open(sealed: string): string
  /** From here on this key seals. Throws when it is not known. */
  sealWith(fingerprint: string): void
  /** From here on nothing is sealed, until it is said with which key. */
  sealNothing(why: string): void
  /** A new key takes the place of the configured one, which stays known; what seals does not change by this. */
  learn(secretKey: string): void
}

export type SecretSettings = Pick<Config, 'secretKey' | 'secretKeyPrevious' | 'dataDir'>

/** The secrets of this installation; on an empty data folder they are made and kept. */
export function openSecrets(settings: SecretSettings): Secrets {
  const { secretKey, secretKeyPrevious } = settings
  if (secretKey !== null) return createSecrets(secretKey, secretKeyPrevious)
  return secretsOf(keepSecretKeys(settings.dataDir), secretKeyPrevious)
}

/** By the keys of a data folder or of a backup. */
export const secretsOf = (
  { secretKey, previous, others = [] }: KeptKeys,
  secretKeyPrevious: string | null = null,
): Secrets => createSecrets(secretKey, secretKeyPrevious ?? previous, others)

export function createSecrets(
  secretKey: string,
  previous: string | null = null,
  others: readonly string[] = [],
): Secrets {
  let configured = toSecretKey(secretKey)
  let known = [configured, ...(previous === null ? [] : [previous]).concat(others).map(toSecretKey)]
  let sealing = configured
  let trouble: string | null = null
  return {
    get fingerprint() {
      return configured.fingerprint
    },
    get sealing() {
      return sealing.fingerprint
    },
    get trouble() {
      return trouble
    },
    knows: (fingerprint) => known.some((key) => key.fingerprint === fingerprint),
    keys: (purpose) => [sealing, ...known.filter((key) => key !== sealing)].map((key) => key.derive(purpose)),
    seal: (plain) => (trouble === null ? seal(sealing, plain) : refuseToSeal()),
    open: (sealed) => open(known, sealed),
    sealWith: (fingerprint) => {
      sealing = find(known, fingerprint)
      trouble = null
    },
    sealNothing: (why) => {
      trouble = why
    },
    learn: (next) => {
      configured = toSecretKey(next)
      known = [configured, ...known]
    },
  }
}

/** The key id of a sealed value; null for what was never sealed. */
export const sealedUnder = (value: string | null): string | null =>
  /^v1\.([0-9a-f]{16})\./.exec(value ?? '')?.[1] ?? null

/** Whether its key is known: what was sealed with one that is lost stays closed. */
export const canOpen = (secrets: Pick<Secrets, 'knows'>, sealed: string): boolean =>
  secrets.knows(sealedUnder(sealed) ?? '')

const seal = ({ fingerprint, encrypt }: SecretKey, plain: string): string =>
  `v1.${fingerprint}.${encrypt(plain)}`

/** Whoever asks comes again, and meets a node that has the key. */
const refuseToSeal = () => refuse('unavailable', 'key_missing', { retryAfterMs: 1000 })

function open(known: readonly SecretKey[], sealed: string): string {
  const [version, keyId, body] = sealed.split('.')
  if (version !== 'v1' || !keyId || !body) throw new Error('not a sealed value')
  return find(known, keyId).decrypt(body)
}

function find(known: readonly SecretKey[], fingerprint: string): SecretKey {
  const key = known.find((each) => each.fingerprint === fingerprint)
  if (key !== undefined) return key
  const ours = known.map((each) => each.fingerprint).join(' and ')
  throw new Error(`sealed under another key (${fingerprint}, ours is ${ours})`)
}
