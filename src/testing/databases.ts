import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres, type PostgresOptions } from '../platform/db/db.postgres.ts'
import { openSqlite, type SqliteOptions } from '../platform/db/db.sqlite.ts'
import type { OpenDb } from '../platform/db/db.ts'
import { migrate } from '../platform/db/migrate.ts'
import { newId } from '../platform/ids.ts'
import { postgresAddress } from './postgres.ts'

export interface FreshDatabase {
  db: OpenDb
  /** The SQLite file, or the address of the PostgreSQL database. */
  path: string
  /** Closes it and removes what it kept. */
  close(): Promise<void>
}

/** A migrated SQLite file in a folder of its own. */
export async function freshSqlite(options: SqliteOptions = {}): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'warren-db-'))
  const path = join(folder, 'warren.db')
  const db = openSqlite(path, options)
  await migrate(db)
  return {
    db,
    path,
    async close() {
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A migrated PostgreSQL database of its own, on the server that this test run shares. */
export async function freshPostgres(options: PostgresOptions = {}): Promise<FreshDatabase> {
  const path = await createPostgresDatabase()
  const db = await openPostgres(path, options)
  await migrate(db)
  return { db, path, close: () => db.close() }
}

/** `TEST_ENGINE=postgres` runs on PostgreSQL what is otherwise run on SQLite, the lighter one. */
const isOnPostgres = process.env.TEST_ENGINE === 'postgres'

/** A migrated database of the engine that this run is on. */
export const freshDatabase = (): Promise<FreshDatabase> => (isOnPostgres ? freshPostgres() : freshSqlite())

/** The settings of a node on a PostgreSQL database of its own. */
export async function settingsOfPostgres(): Promise<Record<string, string>> {
  return {
    WARREN_DATABASE_URL: await createPostgresDatabase(),
    WARREN_SECRET_KEY: crypto.randomUUID() + crypto.randomUUID(),
    WARREN_AUTO_MIGRATE: 'true',
  }
}

/** By data folder: who starts again there finds what was stored. */
const given = new Map<string, Promise<Record<string, string>>>()

/** What a node of a test is started with, on the engine that this run is on: nothing on SQLite. */
export async function settingsOfDatabase(dataDir: string): Promise<Record<string, string>> {
  if (!isOnPostgres) return {}
  const settings = given.get(dataDir) ?? settingsOfPostgres()
  given.set(dataDir, settings)
  return settings
}

/** An empty database; the server forgets it when the run ends. */
export async function createPostgresDatabase(): Promise<string> {
  const address = await postgresAddress()
  const { default: connect } = await import('postgres')
  const admin = connect(`${address}/postgres`, { max: 1 })
  const name = `w_${newId().replaceAll('-', '')}`
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  return `${address}/${name}`
}
