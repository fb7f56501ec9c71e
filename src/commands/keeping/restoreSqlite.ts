import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSqlite } from '../../platform/db/db.sqlite.ts'
import { lockFolder } from '../../platform/db/lock.ts'
import { migrate } from '../../platform/db/migrate.ts'
import { emptyLog, removeDatabase, settleFile, settleFolder } from '../../platform/keeping/files.ts'
import type { Config } from '../../config.ts'
import { makeDataDir } from '../database.ts'
import { stamp } from './backups.ts'
import { type Opened, rebuildSqlite } from './rebuild.ts'
import { renew } from './renew.ts'
import { stageSecrets } from './stagedSecrets.ts'

export interface Restoring {
  config: Config
  keepsSessions: boolean
}

/**
 * Makes the file anew beside the old one, and takes its place by one rename. Answers where the old one is kept, null
 * when there was none. A crash at any line leaves the old database in place, or the new one.
 */
export async function restoreSqlite(
  opened: Opened,
  path: string,
  { config, keepsSessions }: Restoring,
): Promise<string | null> {
  makeDataDir(config)
  const lock = lockFolder(config.dataDir)
  const draft = `${path}.restoring`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const { secrets: archived } = await rebuildSqlite(opened, draft)
    const db = openSqlite(draft)
    await migrate(db)
    await renew(db, keepsSessions)
    await db.close()
    settleFile(draft)
    const secrets = stageSecrets(config, archived, opened.manifest.key)
    const aside = join(dirname(path), 'snapshots', `before-restore-${stamp()}`)
    secrets.place(`${aside}.secrets.toml`)
    secrets.clear()
    const kept = keepAside(path, `${aside}.db`)
    renameSync(draft, path)
    settleFolder(dirname(path))
    return kept
  } finally {
    removeDatabase(draft)
    lock.release()
  }
}

/** By a second name, so that there is never none. A database that its engine can't close is kept with its log. */
function keepAside(path: string, aside: string): string | null {
  if (!existsSync(path)) return null
  emptyLog(path)
  mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
  for (const end of ['', '-wal']) if (existsSync(path + end)) linkSync(path + end, aside + end)
  settleFolder(dirname(aside))
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true })
  return aside
}
