import { CannotStart } from '../../platform/db/failure.ts'
import { BadArchive } from '../../platform/keeping/archive.ts'
import type { Manifest } from '../../platform/keeping/manifest.ts'
import { createSecrets, type Secrets, secretsOf } from '../../platform/secrets.ts'
import { type KeptKeys, parseSecretKeys, readSecretKeys } from '../../platform/secretsFile.ts'
import type { Config } from '../../config.ts'

/** The keys in the `secrets.toml` of a backup. Throws `BadArchive` when there are none in it. */
export function enclosedKeys(secrets: Uint8Array): KeptKeys {
  const keys = parseSecretKeys(new TextDecoder().decode(secrets))
  if (keys === null) throw new BadArchive('Its secrets.toml holds no secret_key.')
  return keys
}

/** Throws `CannotStart` (3) when these are not those that the database of the backup was used with. */
export function requireOpening(secrets: Secrets | null, { key, key_next }: Manifest, fix = SET_IT): void {
  const missing = [key, key_next].find((each) => each !== null && secrets?.knows(each) !== true)
  if (missing == null) return
  throw new CannotStart(3, `This backup was made under another secret key (${missing}). ${fix}`)
}

const SET_IT = 'Set WARREN_SECRET_KEY to the key that was in use then.'

/**
 * What a restored database is to be opened with: from the settings, else from the backup, else from the data folder.
 * Answers what is to lie in the data folder, null when the settings say it. Throws `CannotStart` (3) for other keys
 * than those that the database was used with.
 */
export function keysToRestore(
  { secretKey, secretKeyPrevious, dataDir }: Config,
  archived: Uint8Array | null,
  manifest: Manifest,
): KeptKeys | null {
  if (secretKey !== null) {
    requireOpening(createSecrets(secretKey, secretKeyPrevious), manifest)
    return null
  }
  const keys = archived === null ? readSecretKeys(dataDir) : enclosedKeys(archived)
  requireOpening(keys && secretsOf(keys, secretKeyPrevious), manifest)
  return keys
}
