import { Database } from 'bun:sqlite'
import { openSqlite } from '../db/db.sqlite.ts'
import { migrate } from '../db/migrate.ts'
import { removeDatabase } from './files.ts'
import { openSqliteSource } from './source.sqlite.ts'
import { namesOf } from './source.ts'
import type { Target } from './target.ts'

export interface SqliteTarget extends Target {
  /** What the engine itself says is wrong with the file; empty when nothing is. */
  check(): string[]
  /** No more rows are stored. */
  close(): void
}

/** A new file of this schema under `path`; what lay there is a left-over and goes. */
export async function openSqliteTarget(path: string, version: number): Promise<SqliteTarget> {
  removeDatabase(path)
  const fresh = openSqlite(path)
  await migrate(fresh, { until: version })
  await fresh.close()

  const connection = new Database(path)
  // Nothing of it counts before it is whole; `settleFile` then brings it to the disk.
  connection.run('pragma synchronous = off')
  connection.run('pragma foreign_keys = off')
  return {
    async store(table, lines) {
      const { name, columns } = table
      const marks = columns.map(() => '?').join(', ')
      const insert = connection.query(`insert into ${name} (${namesOf(columns)}) values (${marks})`)
      connection.transaction(() => {
        for (const line of lines) insert.run(...JSON.parse(line))
      })()
    },
    look: async () => openSqliteSource(path),
    check: () => [
      ...connection
        .query('pragma integrity_check')
        .values()
        .flat()
        .filter((word) => word !== 'ok')
        .map(String),
      ...connection
        .query('pragma foreign_key_check')
        .values()
        .map((row) => `no parent: ${row.join(' ')}`),
    ],
    close: () => connection.close(),
  }
}
