import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CannotStart } from '../../platform/db/failure.ts'
import { settleFile, settleFolder } from '../../platform/keeping/files.ts'
import { openSecrets } from '../../platform/secrets.ts'
import type { Config } from '../../config.ts'

const NAME = 'secrets.toml'

/** The secrets that a restored database will be opened with, before they are in place. */
export interface StagedSecrets {
  /** Moves them into the data folder; others that lie there go to `aside`. */
  place(aside: string): void
  /** Takes away what was staged. */
  clear(): void
}

/**
 * From the settings, else from the backup, else from the data folder. Throws `CannotStart` (3) when they are not those
 * that the database was used with.
 */
export function stageSecrets(config: Config, archived: Uint8Array | null, key: string | null): StagedSecrets {
  const folder = join(config.dataDir, 'restoring')
  const mine = join(config.dataDir, NAME)
  rmSync(folder, { recursive: true, force: true })
  const bytes =
    config.secretKey !== null ? null : (archived ?? (existsSync(mine) ? readFileSync(mine) : null))
  if (bytes !== null) {
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(folder, NAME), bytes, { mode: 0o600 })
  }
  const clear = () => rmSync(folder, { recursive: true, force: true })
  if (key !== null && !opens(config, bytes === null ? null : folder, key)) {
    clear()
    throw new CannotStart(
      3,
      `This backup was made under another secret key (${key}). Set WARREN_SECRET_KEY to the key that was in use then.`,
    )
  }
  return { place: (aside) => bytes !== null && place(join(folder, NAME), mine, aside), clear }
}

function opens(config: Config, folder: string | null, key: string): boolean {
  if (config.secretKey === null && folder === null) return false
  return openSecrets({ ...config, dataDir: folder ?? config.dataDir }).knows(key)
}

function place(staged: string, mine: string, aside: string): void {
  if (existsSync(mine)) {
    if (readFileSync(mine).equals(readFileSync(staged))) return
    mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
    renameSync(mine, aside)
  }
  settleFile(staged)
  renameSync(staged, mine)
  settleFolder(dirname(mine))
}
