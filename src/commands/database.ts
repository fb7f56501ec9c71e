import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenDb } from '../platform/db/db.ts'
import { tellLost } from '../platform/db/lost.ts'
import type { Log } from '../platform/log.ts'
import type { DbMeter } from '../platform/metrics/dbMeter.ts'
import type { Config } from '../config.ts'

/** The file of a SQLite database; null when it is another one. `sqlite:` alone is the file in the data folder. */
export function sqlitePath({ databaseUrl, dataDir }: Config): string | null {
  if (!databaseUrl.startsWith('sqlite:')) return null
  return databaseUrl.replace(/^sqlite:(\/\/)?/, '') || join(dataDir, 'warren.db')
}

/** Whether there is a database to look at: a SQLite file that is not there yet must not be made by looking. */
export function isDatabaseThere(config: Config): boolean {
  const path = sqlitePath(config)
  return path === null || existsSync(path)
}

/** The adapter that the address names. What it loses it says to `log`: nobody else knows why. */
export async function openDatabase(
  config: Config,
  watching: { log?: Log; meter?: DbMeter } = {},
): Promise<OpenDb> {
  const path = sqlitePath(config)
  const { log } = watching
  const options = log === undefined ? watching : { ...watching, tellLost: tellLost(log) }
  if (path === null)
    return (await import('../platform/db/db.postgres.ts')).openPostgres(config.databaseUrl, options)
  return (await import('../platform/db/db.sqlite.ts')).openSqlite(path, options)
}

/** For its owner only, from the first moment. One that is there keeps its mode: whoever made it chose it. */
export function makeDataDir({ dataDir }: Config): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
}
