import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './db/failure.ts'

/** What `$DATA/secrets.toml` holds. */
export interface KeptKeys {
  secretKey: string
  /** The key before it, while there is anything left under that. */
  previous: string | null
  /** Those of a database that another one takes the place of: while it does, either can be opened. */
  others?: readonly string[]
}

/** The keys in `$DATA/secrets.toml`, made at the first call. Two at once, or a crash at any line, leave one key or none. */
export function keepSecretKeys(dataDir: string): KeptKeys {
  const path = pathIn(dataDir)
  const kept = read(path)
  if (kept !== null) return kept

  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeDraft(path, { secretKey: newSecretKey(), previous: null }, (draft) => {
    publish(draft, path)
  })
  syncFolder(dataDir)
  return read(path) ?? fail(path, 'is gone as soon as it was written')
}

/** The keys that are kept there; null where none was made yet. */
export const readSecretKeys = (dataDir: string): KeptKeys | null => read(pathIn(dataDir))

/** Only by the holder of the folder's lock. A crash at any line leaves what was there, or what comes. */
export function replaceSecretKeys(dataDir: string, keys: KeptKeys): void {
  const path = pathIn(dataDir)
  writeDraft(path, keys, (draft) => renameSync(draft, path))
  syncFolder(dataDir)
}

export const newSecretKey = (): string => randomBytes(32).toString('hex')

const pathIn = (dataDir: string): string => join(dataDir, 'secrets.toml')

function read(path: string): KeptKeys | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? null : fail(path, `cannot be read (${code})`)
  }
  return parseSecretKeys(text) ?? fail(path, 'holds no secret_key')
}

/** The keys in the text of such a file; null when it holds none. */
export function parseSecretKeys(text: string): KeptKeys | null {
  const key = (name: string) => new RegExp(`^${name} = "([0-9a-f]{64})"$`, 'm').exec(text)?.[1]
  const secretKey = key('secret_key')
  if (secretKey === undefined) return null
  const others = /^secret_keys_other = \[(.*)\]$/m.exec(text)?.[1]?.match(/[0-9a-f]{64}/g)
  return { secretKey, previous: key('secret_key_previous') ?? null, ...(others == null ? {} : { others }) }
}

/** Whole and on disk under another name first. */
function writeDraft(path: string, keys: KeptKeys, place: (draft: string) => void): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(file, textOf(keys))
    fsyncSync(file)
    place(draft)
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}

/** `link` fails, rather than overwrites, where somebody was faster. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function syncFolder(dataDir: string): void {
  const folder = openSync(dataDir, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

const textOf = ({
  secretKey,
  previous,
  others = [],
}: KeptKeys) => `# Made by Warren at its first start. Whoever reads this can sign in as anybody: keep it as you keep the
# database, and back it up with it. Without it what is sealed is lost.
secret_key = "${secretKey}"
${previous === null ? '' : `# Still opens what "warren secret rotate" has not come to yet.\nsecret_key_previous = "${previous}"\n`}${
  others.length === 0
    ? ''
    : `# While a backup is restored: of the database that was here before.\nsecret_keys_other = ${JSON.stringify(others)}\n`
}`

/** Never answered by making a new key: all that was sealed under the old one would be lost. */
function fail(path: string, what: string): never {
  throw new CannotStart(
    3,
    `${path} ${what}: restore it from a backup, or set WARREN_SECRET_KEY to the key it held`,
  )
}
