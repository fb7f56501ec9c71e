import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './db/failure.ts'

/** The secret key in `$DATA/secrets.toml`, made at the first call. Two at once, or a crash at any line, leave one key or none. */
export function keepSecretKey(dataDir: string): string {
  const path = join(dataDir, 'secrets.toml')
  const kept = read(path)
  if (kept !== null) return kept

  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  publish(path, dataDir)
  return read(path) ?? fail(path, 'is gone as soon as it was written')
}

function read(path: string): string | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? null : fail(path, `cannot be read (${code})`)
  }
  const key = /^secret_key = "([0-9a-f]{64})"$/m.exec(text)?.[1]
  return key ?? fail(path, 'holds no secret_key')
}

/** Whole and on disk under another name first; `link` then fails, rather than overwrites, where somebody was faster. */
function publish(path: string, dataDir: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(file, TEXT(randomBytes(32).toString('hex')))
    fsyncSync(file)
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    unlinkSync(draft)
  }
  syncFolder(dataDir)
}

function syncFolder(dataDir: string): void {
  const folder = openSync(dataDir, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

const TEXT = (
  key: string,
) => `# Made by Warren at its first start. Whoever reads this can sign in as anybody: keep it as you keep the
# database, and back it up with it. Without it everybody is signed out and what is sealed is lost.
secret_key = "${key}"
`

/** Never answered by making a new key: all that was sealed under the old one would be lost. */
function fail(path: string, what: string): never {
  throw new CannotStart(
    3,
    `${path} ${what}: restore it from a backup, or set WARREN_SECRET_KEY to the key it held`,
  )
}
