import { expect, test } from 'bun:test'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { notRun } from '../../testing/notRun.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { openPostgres } from '../db/db.postgres.ts'
import { listMigrations, migrate } from '../db/migrate.ts'
import { tablesOf } from './tables.ts'

if (!hasPostgres) notRun('tables of PostgreSQL', 'no PostgreSQL 15')

const NEWEST = listMigrations('sqlite').length

test('a table comes after all that it refers to', () => {
  const names = tablesOf(NEWEST).map(({ name }) => name)

  const [users, chats, members] = ['users', 'chats', 'members'].map((name) => names.indexOf(name))
  expect(users).toBeLessThan(chats as number)
  expect(chats).toBeLessThan(members as number)
  expect(new Set(names).size).toBe(names.length)
})

test.if(hasPostgres)(
  'PostgreSQL has the same tables and columns in every schema: rows go from one to the other',
  async () => {
    for (let version = 1; version <= NEWEST; version++) {
      const db = await openPostgres(await createPostgresDatabase())
      await migrate(db, { until: version })
      const rows = await db.read<{ name: string; column: string; type: string }>`
      select table_name as name, column_name as column, data_type as type from information_schema.columns
      where table_schema = current_schema() and table_name <> 'schema_migrations'`
      await db.close()

      const ours = tablesOf(version).flatMap(({ name, columns }) =>
        columns.map((column) => `${name}.${column.name} ${column.type}`),
      )
      expect(rows.map(({ name, column, type }) => `${name}.${column} ${type}`).sort()).toEqual(ours.sort())
    }
  },
)
