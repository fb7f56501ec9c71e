import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenDb, Sql } from './db.ts'
import { CannotStart } from './failure.ts'

export interface Migration {
  version: number
  name: string
  script: string
  /** The oldest Warren, by the schema that it knows, that may go on beside it: one step that only adds hurts nobody. */
  compatibleFrom: number
}

export interface Schema {
  /** Of the database; 0 when it is empty. */
  version: number
  known: number
  pending: Migration[]
}

export interface MigrateOptions {
  /** Where copies of a SQLite file are kept before it changes; none are made without it. */
  snapshots?: string | undefined
  folder?: string
  /** The schema to stop at, for rows that were kept under it. */
  until?: number
}

const SNAPSHOTS_KEPT = 3

/** Beside the source in a checkout, inside the executable when compiled. */
export function migrationsDir(): string {
  return join(import.meta.dir, Bun.isStandaloneExecutable ? 'migrations' : '../../../migrations')
}

/** `NNNN_subject.sql`, or a pair `.sqlite.sql` and `.postgres.sql`, in order of their numbers. */
export function listMigrations(dialect: OpenDb['dialect'], folder = migrationsDir()): Migration[] {
  const other = dialect === 'sqlite' ? '.postgres.sql' : '.sqlite.sql'
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql') && !file.endsWith(other))
  const found = files.sort().map((file) => {
    const [, number, name] = /^(\d{4})_([a-z0-9_]+)\./.exec(file) ?? []
    if (number === undefined || name === undefined) throw new Error(`migration ${file} has no number`)
    const script = readFileSync(join(folder, file), 'utf8')
    const [, from = number] = /^-- compatible from (\d+)$/m.exec(script) ?? []
    return { version: Number(number), name, script, compatibleFrom: Number(from) }
  })
  for (const [place, { version, name }] of found.entries()) {
    if (version !== place + 1) throw new Error(`migration ${name} has number ${version}, not ${place + 1}`)
  }
  return found
}

/**
 * What is there and what is missing. Throws `CannotStart` when a newer Warren has already changed the database, unless
 * each of its changes said that this one may go on: nodes of two versions run side by side while one takes the other's
 * place.
 */
export async function readSchema(db: OpenDb, folder?: string): Promise<Schema> {
  const known = listMigrations(db.dialect, folder)
  const version = await readVersion(db)
  if (version > known.length && !(await isCompatible(db, known.length))) {
    throw new CannotStart(
      5,
      `The database was changed by a newer Warren (schema ${version}, this one knows ${known.length}). ` +
        'Run that version, or restore a backup made before the upgrade.',
    )
  }
  return { version, known: known.length, pending: known.slice(version) }
}

/** Brings the schema up to date, one transaction per migration; returns those that it applied. */
export async function migrate(db: OpenDb, options: MigrateOptions = {}): Promise<Migration[]> {
  const { version, pending } = await readSchema(db, options.folder)
  if (pending.length === 0) return []
  if (version > 0 && options.snapshots !== undefined && db.dialect === 'sqlite') {
    await keepSnapshot(db, options.snapshots, version)
  }
  const applied: Migration[] = []
  const wanted = pending.filter((migration) => migration.version <= (options.until ?? Infinity))
  for (const migration of wanted) if (await apply(db, migration)) applied.push(migration)
  return applied
}

/** False when another node was faster. */
async function apply(db: OpenDb, { version, name, script, compatibleFrom }: Migration): Promise<boolean> {
  return db.exclusive(async (sql, run) => {
    await makeTable(sql, run)
    const [done] = await sql`select version from schema_migrations where version = ${version}`
    if (done !== undefined) return false

    await run(script)
    await sql`insert into schema_migrations (version, name, applied_at, compatible_from)
      values (${version}, ${name}, ${Date.now()}, ${compatibleFrom})`
    return true
  })
}

async function makeTable(sql: Sql, run: (script: string) => Promise<void>): Promise<void> {
  await run(`create table if not exists schema_migrations (
    version bigint primary key, name text not null, applied_at bigint not null, compatible_from bigint)`)
  const [any] = await sql<object>`select * from schema_migrations limit 1`
  // Made before it was said.
  if (any !== undefined && !('compatible_from' in any)) {
    await run('alter table schema_migrations add column compatible_from bigint')
  }
}

/** Whether all that was added to what we know lets us go on. What was not said is no. */
async function isCompatible(db: OpenDb, known: number): Promise<boolean> {
  const newer = await db.read<{ compatible_from?: number | null }>`
    select * from schema_migrations where version > ${known}`
  return newer.every(({ compatible_from: from }) => typeof from === 'number' && from <= known)
}

async function readVersion(db: OpenDb): Promise<number> {
  const [table] =
    db.dialect === 'sqlite'
      ? await db.read`select name from sqlite_schema where name = 'schema_migrations'`
      : await db.read`select to_regclass('schema_migrations')::text as name where to_regclass('schema_migrations') is not null`
  if (table === undefined) return 0
  const [row] = await db.read<{
    version: number | null
  }>`select max(version) as version from schema_migrations`
  return row?.version ?? 0
}

async function keepSnapshot(db: OpenDb, folder: string, version: number): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  await db.snapshot(join(folder, `before-migration-${stamp}-schema-${version}.db`))

  const kept = readdirSync(folder).filter((file) => /^before-migration-.*\.db$/.test(file))
  for (const old of kept.sort().slice(0, -SNAPSHOTS_KEPT)) rmSync(join(folder, old))
}
