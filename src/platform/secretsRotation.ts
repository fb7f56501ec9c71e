import type { Db, Sql } from './db/db.ts'
import { refuse } from './errors.ts'
import type { Log } from './log.ts'
import { type Secrets, sealedUnder } from './secrets.ts'
import { keepSecretKeys, newSecretKey, replaceSecretKeys } from './secretsFile.ts'
import { readKeyState, whyNot } from './secretsGuard.ts'

export interface SealedRow {
  id: string
  /** Null, or text that was never sealed, is passed over. */
  sealed: string | null
}

/** A column whose values are sealed. Each room names its own; the roof lists them all. */
export interface SealedColumn {
  /** `users.phone_number` */
  name: string
  /** By id, those after this one. */
  page(sql: Sql, after: string, limit: number): Promise<SealedRow[]>
  /** Only where the value is still `from`: whoever changed it meanwhile has sealed it themselves. */
  replace(sql: Sql, id: string, from: string, to: string): Promise<void>
}

/** How far it has come; the next call goes on from here. */
export interface RotationPlace {
  column: number
  after: string
}

export interface RotationStep {
  /** Null when the last row of the last column was seen. */
  next: RotationPlace | null
  resealed: number
  /** Under a key that this node does not know, or damaged: they stay as they are. */
  closed: number
}

interface Parts {
  db: Db
  secrets: Secrets
  log: Log
}

/** The folder when the key is kept in it, null when it comes from the settings. */
export type KeyFolder = string | null

/**
 * From here on the configured key seals. A key that is kept in the data folder is made here, and written down beside
 * the old one before anything is sealed with it. Begun before, it goes on. Refuses `conflict` `no_new_key`, and
 * `key_missing` on a node that lacks a key which the database is on. Answers whether the database was on another key.
 */
export async function beginRotation({ db, secrets, log }: Parts, folder: KeyFolder): Promise<boolean> {
  const state = await readKeyState(db.read)
  const detail = whyNot(state, secrets)
  if (detail !== null) return refuse('conflict', 'key_missing', { detail })
  // Where the key in the folder is not the one that the database is on, it is the new one already.
  const isOn = state.kept === secrets.fingerprint
  if (folder !== null && isOn && keepSecretKeys(folder).previous === null) makeNext(folder, secrets)
  const isAhead = state.kept !== secrets.fingerprint
  const hasOther = secrets.keys('seal').length > 1
  if (!isAhead && !hasOther) return refuse('conflict', 'no_new_key')

  if (isAhead) await announce(db, secrets.fingerprint)
  secrets.sealWith(secrets.fingerprint)
  log.info({ from: state.kept, to: secrets.fingerprint }, 'the secret key is being replaced')
  return isAhead
}

function makeNext(folder: string, secrets: Secrets): void {
  const { secretKey: previous } = keepSecretKeys(folder)
  const secretKey = newSecretKey()
  replaceSecretKeys(folder, { secretKey, previous })
  secrets.learn(secretKey)
}

const announce = (db: Db, fingerprint: string) =>
  db.write(
    (sql) => sql`
      insert into settings (name, value) values ('secret_fingerprint_next', ${fingerprint})
      on conflict (name) do update set value = excluded.value`,
  )

/** So few that nobody's write waits for them. */
const AT_ONCE = 100

/** Seals what is under another key anew, for about so long. A kill at any line loses nothing: each row is under one or the other. */
export async function resealSome(
  { db, secrets }: Pick<Parts, 'db' | 'secrets'>,
  columns: readonly SealedColumn[],
  from: RotationPlace | null,
  forMs = 1000,
): Promise<RotationStep> {
  const until = performance.now() + forMs
  const step = { resealed: 0, closed: 0 }
  let place = from ?? { column: 0, after: '' }
  while (performance.now() < until) {
    const column = columns[place.column]
    if (column === undefined) return { ...step, next: null }

    const rows = await column.page(db.read, place.after, AT_ONCE)
    const { fresh, closed } = reseal(secrets, rows)
    if (fresh.length > 0) {
      await db.write(async (sql) => {
        for (const { id, was, is } of fresh) await column.replace(sql, id, was, is)
      })
    }
    step.resealed += fresh.length
    step.closed += closed
    const last = rows.at(-1)
    place = last === undefined ? { column: place.column + 1, after: '' } : { ...place, after: last.id }
  }
  return { ...step, next: place }
}

function reseal(secrets: Secrets, rows: readonly SealedRow[]) {
  const fresh: { id: string; was: string; is: string }[] = []
  let closed = 0
  for (const { id, sealed } of rows) {
    const key = sealedUnder(sealed)
    if (sealed === null || key === null || key === secrets.sealing) continue
    const plain = openOrNull(secrets, sealed)
    if (plain === null) closed++
    else fresh.push({ id, was: sealed, is: secrets.seal(plain) })
  }
  return { fresh, closed }
}

function openOrNull(secrets: Secrets, sealed: string): string | null {
  try {
    return secrets.open(sealed)
  } catch {
    return null
  }
}

/** When nothing is left under the old key: the database is on the new one, and the folder forgets the old one. */
export async function finishRotation({ db, secrets, log }: Parts, folder: KeyFolder): Promise<void> {
  await db.write(async (sql) => {
    await sql`update settings set value = ${secrets.fingerprint} where name = 'secret_fingerprint'`
    await sql`delete from settings where name = 'secret_fingerprint_next'`
  })
  if (folder !== null) {
    replaceSecretKeys(folder, { secretKey: keepSecretKeys(folder).secretKey, previous: null })
  }
  log.info({ to: secrets.fingerprint }, 'the secret key is replaced')
}
