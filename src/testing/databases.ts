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
