import { Database } from 'bun:sqlite'
import type { OpenDb } from '../../platform/db/db.ts'
import { CannotStart } from '../../platform/db/failure.ts'
import { readSchema } from '../../platform/db/migrate.ts'
import { countDead } from '../../platform/jobs/sql.ts'
import { readMoved } from '../../platform/keeping/hold.ts'
import type { Config } from '../../config.ts'
import { isDatabaseThere, openDatabase, sqlitePath } from '../database.ts'
import { bad, type Finding, ok, warn } from './finding.ts'
import { checkKey } from './key.ts'

export async function checkDatabase(config: Config): Promise<Finding[]> {
  if (!isDatabaseThere(config)) return [ok('database', 'made at the first start')]
  const path = sqlitePath(config)
  const integrity = path === null ? [] : [checkIntegrity(path)]
  if (integrity.some(({ state }) => state === 'fail')) return integrity
  return [...integrity, ...(await checkContent(config))]
}

/** Reads only, so that it may look over the shoulder of a running node. */
function checkIntegrity(path: string): Finding {
  const restore = 'stop Warren, keep the file, and restore the last backup'
  try {
    const file = new Database(path, { readonly: true })
    const rows = file.query('pragma quick_check').all() as { quick_check: string }[]
    file.close()
    const faults = rows.map((row) => row.quick_check).filter((fault) => fault !== 'ok')
    return faults.length === 0
      ? ok('integrity', 'every page of the database holds together')
      : bad('integrity', `the database is damaged: ${faults.slice(0, 3).join('; ')}`, restore)
  } catch (error) {
    return bad('integrity', `the database cannot be read (${(error as { code?: string }).code})`, restore)
  }
}

async function checkContent(config: Config): Promise<Finding[]> {
  let db: OpenDb | undefined
  try {
    db = await openDatabase(config)
    const moved = await readMoved(db)
    if (moved !== null) return [bad('database', `it was moved to ${moved.to}`, MOVED_FIX)]
    const schema = await checkSchema(db, config)
    return schema.state === 'ok' ? [schema, await checkKey(db, config), await checkJobs(db)] : [schema]
  } catch (error) {
    const why = error instanceof CannotStart ? error.message : `it cannot be reached (${codeOf(error)})`
    return [bad('database', why, 'start the database, or set WARREN_DATABASE_URL')]
  } finally {
    await db?.close()
  }
}

const MOVED_FIX = 'set WARREN_DATABASE_URL, or take it back with "warren move --undo"'

const codeOf = (error: unknown) => (error as { code?: string }).code ?? (error as Error).name

async function checkSchema(db: OpenDb, { autoMigrate }: Config): Promise<Finding> {
  const { version, known, pending } = await readSchema(db)
  const [row] = await db.read<{ version: string }>`
    select ${db.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'} as version`
  const told = `${row?.version}, schema ${version} of ${known}`
  if (pending.length === 0) return ok('migrations', told)
  if (autoMigrate) return ok('migrations', `${told}; serve brings it up to date`)
  return bad('migrations', `${told}: serve would end with exit code 5`, 'run "warren migrate up"')
}

async function checkJobs(db: OpenDb): Promise<Finding> {
  const dead = await countDead(db.read)
  if (dead === 0) return ok('jobs', 'none was given up')
  return warn(
    'jobs',
    `${dead} were given up, most likely mail`,
    'see why with "warren jobs list", mend it (the mail server, WARREN_SMTP_URL), then "warren jobs replay --all"',
  )
}
