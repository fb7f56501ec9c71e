import type { Db, Sql } from './db/db.ts'
import { CannotStart } from './db/failure.ts'
import type { Log } from './log.ts'
import type { Secrets } from './secrets.ts'

/** The keys that a database is on, by their fingerprints. */
export interface KeyState {
  /** What everything is sealed with; moves on when nothing is left under it. */
  kept: string | null
  /** What seals from now on, while the other is being replaced. */
  next: string | null
}

export async function readKeyState(sql: Sql): Promise<KeyState> {
  const rows = await sql<{ name: string; value: string }>`
    select name, value from settings where name in ('secret_fingerprint', 'secret_fingerprint_next')`
  const value = (name: string) => rows.find((row) => row.name === name)?.value ?? null
  return { kept: value('secret_fingerprint'), next: value('secret_fingerprint_next') }
}

/**
 * Ties a database to the key it was first used with, before anything is sealed with another: that would be found out
 * only when somebody needs it. While the key is being replaced a node needs both. Throws `CannotStart` (3) for a node
 * that lacks one; else the right one seals from here on.
 */
export async function requireSameKey(db: Db, secrets: Secrets): Promise<void> {
  const known = await readKeyState(db.read)
  const state = known.kept === null ? await keepFingerprint(db, secrets.fingerprint) : known
  const why = whyNot(state, secrets)
  if (why !== null) throw new CannotStart(3, why)
  secrets.sealWith(sealingOf(state, secrets))
}

/** Of two nodes that come first at once one wins, and the other sees it. */
const keepFingerprint = (db: Db, fingerprint: string): Promise<KeyState> =>
  db.write(async (sql) => {
    await sql`insert into settings (name, value) values ('secret_fingerprint', ${fingerprint}) on conflict do nothing`
    return readKeyState(sql)
  })

/** Why a node with these keys may not start on this database, and what to do; null when it may. */
export function whyNot(state: KeyState, secrets: Secrets): string | null {
  const missing = missingKey(state, secrets)
  return missing === null ? null : explain(state, missing, secrets)
}

const missingKey = ({ kept, next }: KeyState, secrets: Secrets): string | null =>
  [kept, next].find((each) => each !== null && !secrets.knows(each)) ?? null

/** The database decides: until all nodes know both keys, all seal with the one that all know. */
const sealingOf = ({ kept, next }: KeyState, secrets: Secrets): string => next ?? kept ?? secrets.fingerprint

function explain({ kept, next }: KeyState, missing: string, { fingerprint }: Secrets): string {
  if (next !== null) {
    return (
      `The secret key of this database is being replaced (${kept} by ${next}), and this node lacks ${missing}. ` +
      'Set WARREN_SECRET_KEY to the new key and WARREN_SECRET_KEY_PREVIOUS to the old one, ' +
      'until "warren secret rotate" has ended.'
    )
  }
  return (
    `This database was first used with another secret key (${kept}, this node has ${fingerprint}). ` +
    'Restore secrets.toml, or set WARREN_SECRET_KEY to that key; to replace it, set WARREN_SECRET_KEY_PREVIOUS ' +
    'to that key and run "warren secret rotate". If it is lost for good, delete the row ' +
    'secret_fingerprint from the table settings: what was sealed stays closed, and programs sign in anew.'
  )
}

/** How soon every node seals with the new key: whoever replaces it waits longer before looking for what is left. */
export const NOTICED_MS = 1000

/**
 * On several nodes one of them is told to replace the key: the others follow. One that was not given the new key seals
 * nothing any more: what it sealed would be lost with the old one. Returns how to end it.
 */
export function followKey(db: Db, secrets: Secrets, log: Log): () => void {
  const look = async (): Promise<void> => {
    try {
      const state = await readKeyState(db.read)
      const why = whyNot(state, secrets)
      if (why === null) return secrets.sealWith(sealingOf(state, secrets))
      if (secrets.trouble !== why) log.error(why)
      secrets.sealNothing(why)
    } catch (error) {
      log.warn({ err: error }, 'could not ask which key the database is on')
    }
  }
  const timer = setInterval(() => void look(), NOTICED_MS).unref()
  return () => clearInterval(timer)
}
