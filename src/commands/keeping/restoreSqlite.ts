import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSqlite } from '../../platform/db/db.sqlite.ts'
import { lockFolder } from '../../platform/db/lock.ts'
import { migrate } from '../../platform/db/migrate.ts'
import { removeDatabase, settleFile } from '../../platform/keeping/files.ts'
import type { Config } from '../../config.ts'
import { makeDataDir } from '../database.ts'
import { stamp } from './backups.ts'
import { keysToRestore } from './keys.ts'
import { stepsIntoPlace } from './place.ts'
import { type Opened, rebuildSqlite } from './rebuild.ts'
import { renew } from './renew.ts'

export interface Restoring {
  config: Config
  keepsSessions: boolean
}

/**
 * Makes the file anew beside the old one, and puts it in its place. Answers where the old one is kept, null when there
 * was none. A crash at any line leaves an installation that starts, on the old database or on the new one.
 */
export async function restoreSqlite(
  opened: Opened,
  path: string,
  { config, keepsSessions }: Restoring,
): Promise<string | null> {
  makeDataDir(config)
  const { dataDir } = config
  const lock = lockFolder(dataDir)
  const draft = `${path}.restoring`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const { secrets } = await rebuildSqlite(opened, draft)
    const keys = keysToRestore(config, secrets, opened.manifest)
    const db = openSqlite(draft)
    await migrate(db)
    await renew(db, keepsSessions)
    await db.close()
    settleFile(draft)
    const aside = join(dirname(path), 'snapshots', `before-restore-${stamp()}`)
    const kept = existsSync(path) ? `${aside}.db` : null
    for (const step of stepsIntoPlace({ draft, path, dataDir, keys, aside })) step()
    return kept
  } finally {
    removeDatabase(draft)
    lock.release()
  }
}
