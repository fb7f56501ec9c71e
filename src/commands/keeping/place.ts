import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CannotStart } from '../../platform/db/failure.ts'
import { emptyLog, keepAlso, settleFolder } from '../../platform/keeping/files.ts'
import { type KeptKeys, parseSecretKeys, replaceSecretKeys } from '../../platform/secretsFile.ts'

/** A database that is whole, beside the one that it is to replace. */
export interface Placing {
  draft: string
  path: string
  dataDir: string
  /** What is to lie in the data folder; null when no key does. */
  keys: KeptKeys | null
  /** Where the old ones are kept: `.db` and `.secrets.toml` come behind it. */
  aside: string
}

/**
 * One after another they put the database and its keys in place. After any of them a node starts, on the old database
 * or on the new one: between the two the folder holds the keys of both. The first throws `CannotStart` (4) while
 * somebody reads the old one.
 */
export function stepsIntoPlace({ draft, path, dataDir, keys, aside }: Placing): (() => void)[] {
  const secrets = join(dataDir, 'secrets.toml')
  const old = existsSync(secrets) ? parseSecretKeys(readFileSync(secrets, 'utf8')) : null
  const writeKeys = (others: readonly string[]) => () => {
    if (keys !== null && !Bun.deepEquals(old, keys)) replaceSecretKeys(dataDir, { ...keys, others })
  }
  return [
    () => keepDatabase(path, aside),
    () => {
      if (keys !== null && existsSync(secrets) && !Bun.deepEquals(old, keys))
        keep(secrets, `${aside}.secrets.toml`)
    },
    writeKeys(all(old)),
    // Its log would be taken for the new one's.
    () => {
      for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true })
    },
    () => {
      renameSync(draft, path)
      settleFolder(dirname(path))
    },
    writeKeys([]),
  ]
}

const all = (keys: KeptKeys | null): string[] =>
  keys === null
    ? []
    : [keys.secretKey, ...(keys.previous === null ? [] : [keys.previous]), ...(keys.others ?? [])]

/** One that its engine can't read is kept with its log. */
function keepDatabase(path: string, aside: string): void {
  if (!existsSync(path)) return
  if (!emptyLog(path)) throw new CannotStart(4, `Somebody reads ${path}: a backup, most likely. Wait for it.`)
  for (const end of ['', '-wal']) if (existsSync(path + end)) keep(path + end, `${aside}.db${end}`)
}

function keep(path: string, aside: string): void {
  mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
  keepAlso(path, aside)
  settleFolder(dirname(aside))
}
