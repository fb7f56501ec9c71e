import { openPostgres } from '../../platform/db/db.postgres.ts'
import { migrate } from '../../platform/db/migrate.ts'
import { newId } from '../../platform/ids.ts'
import { openPostgresTarget, type PostgresTarget } from '../../platform/keeping/target.postgres.ts'
import { keysToRestore } from './keys.ts'
import { fill, type Opened } from './rebuild.ts'
import { renew } from './renew.ts'
import type { Restoring } from './restoreSqlite.ts'

/**
 * Makes the tables anew beside the old ones, and puts them in place in one transaction. Answers the schema in which the
 * old ones are kept, null when there were none.
 */
export async function restorePostgres(opened: Opened, restoring: Restoring): Promise<string | null> {
  const target = await fillBeside(opened, restoring)
  try {
    const isThere = (await target.present()).length > 0
    const aside = `before_restore_${new Date().toISOString().replace(/\D/g, '')}`
    await target.publish(aside)
    return isThere ? aside : null
  } finally {
    await target.close()
  }
}

/** In a schema of their own; what an earlier restore left there goes. To be closed. */
export async function fillBeside(
  opened: Opened,
  { config, keepsSessions }: Restoring,
): Promise<PostgresTarget> {
  const { manifest } = opened
  keysToRestore(config, null, manifest)
  const target = await openPostgresTarget(config.databaseUrl, {
    schema: 'warren_restoring',
    version: manifest.schema,
    token: newId<'restore'>(),
  })
  try {
    await target.refuseNodes()
    await fill(opened, target)
    await finish(target, keepsSessions)
    return target
  } catch (error) {
    await target.close()
    throw error
  }
}

async function finish({ address }: PostgresTarget, keepsSessions: boolean): Promise<void> {
  const db = await openPostgres(address)
  try {
    await migrate(db)
    await renew(db, keepsSessions)
  } finally {
    await db.close()
  }
}

/** Whether Warren's tables are in this database already. */
export async function isTaken(url: string): Promise<boolean> {
  const { openPostgresSource } = await import('../../platform/keeping/source.postgres.ts')
  const { readVersion } = await import('../../platform/keeping/source.ts')
  const source = await openPostgresSource(url)
  try {
    return (await readVersion(source)) > 0
  } finally {
    await source.close()
  }
}
