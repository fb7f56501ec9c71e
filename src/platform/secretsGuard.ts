import type { Db } from './db/db.ts'
import { CannotStart } from './db/failure.ts'
import type { Secrets } from './secrets.ts'

/**
 * Ties a database to the key it was first used with, before anything is sealed with another: that would be found out
 * only when somebody needs it. Throws `CannotStart` (3) for a node with another key.
 */
export async function requireSameKey(db: Db, { fingerprint }: Pick<Secrets, 'fingerprint'>): Promise<void> {
  const [kept] = await readFingerprint(db)
  if (kept?.value === fingerprint) return

  const [first] = kept ? [kept] : await keepFingerprint(db, fingerprint)
  if (first?.value === fingerprint) return
  throw new CannotStart(
    3,
    `This database was first used with another secret key (${first?.value}, this node has ${fingerprint}). ` +
      'Restore secrets.toml, or set WARREN_SECRET_KEY to that key. If it is lost for good, delete the row ' +
      'secret_fingerprint from the table settings: everybody is signed out, and what was sealed stays closed.',
  )
}

const readFingerprint = ({ read }: Db) => read<{ value: string }>`
  select value from settings where name = 'secret_fingerprint'`

/** Of two nodes that come first at once one wins, and the other sees it. */
const keepFingerprint = (db: Db, fingerprint: string) =>
  db.write(async (sql) => {
    await sql`insert into settings (name, value) values ('secret_fingerprint', ${fingerprint}) on conflict do nothing`
    return sql<{ value: string }>`select value from settings where name = 'secret_fingerprint'`
  })
