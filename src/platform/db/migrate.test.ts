import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { openPostgres } from './db.postgres.ts'
import { openSqlite } from './db.sqlite.ts'
import type { OpenDb } from './db.ts'
import { listMigrations, migrate, readSchema } from './migrate.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function makeFolder(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'warren-migrate-'))
  folders.push(folder)
  mkdirSync(join(folder, 'sql'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'sql', name), text)
  return join(folder, 'sql')
}

describe('SQLite', () => migrations(async () => openSqlite(join(makeFolder(), 'warren.db'))))
if (hasPostgres)
  describe('PostgreSQL', () => migrations(async () => openPostgres(await createPostgresDatabase())))

function migrations(open: () => Promise<OpenDb>): void {
  test('an empty database gets every migration once', async () => {
    const db = await open()
    const before = await readSchema(db)
    const applied = await migrate(db)
    const after = await readSchema(db)

    expect(before).toMatchObject({ version: 0 })
    expect(applied.map(({ version }) => version)).toEqual(
      listMigrations(db.dialect).map(({ version }) => version),
    )
    expect(after).toMatchObject({ version: applied.length, known: applied.length, pending: [] })
    expect(await migrate(db)).toEqual([])
    await db.close()
  })

  test('two nodes that migrate at once apply each migration once', async () => {
    const db = await open()
    const [one, other] = await Promise.all([migrate(db), migrate(db)])

    expect([...one, ...other].map(({ version }) => version).sort()).toEqual(
      listMigrations(db.dialect).map(({ version }) => version),
    )
    await db.close()
  })

  test('a migration that fails leaves nothing of itself, and those before it stand', async () => {
    const folder = makeFolder({
      '0001_tea.sql': 'create table tea (id text primary key);',
      '0002_cake.sql':
        "create table cake (id text primary key); insert into cake values ('a'); insert into nonsense values (1);",
    })
    const db = await open()

    await expect(migrate(db, { folder })).rejects.toThrow()
    expect((await readSchema(db, folder)).version).toBe(1)
    expect(await db.read`select count(*) as n from tea`).toEqual([{ n: 0 }])
    await expect(db.read`select count(*) as n from cake`).rejects.toThrow()
    await db.close()
  })

  test('a database that a newer Warren has changed is refused', async () => {
    const folder = makeFolder({ '0001_tea.sql': 'create table tea (id text primary key);' })
    const db = await open()
    await migrate(db)

    await expect(readSchema(db, folder)).rejects.toMatchObject({ exit: 5 })
    await expect(migrate(db, { folder })).rejects.toThrow('newer Warren')
    await db.close()
  })

  test('of a pair each database gets its own file', async () => {
    const folder = makeFolder({
      '0001_tea.sqlite.sql': "create table tea as select 'sqlite' as dialect",
      '0001_tea.postgres.sql': "create table tea as select 'postgres'::text as dialect",
    })
    const db = await open()
    await migrate(db, { folder })

    expect(await db.read`select dialect from tea`).toEqual([{ dialect: db.dialect }])
    await db.close()
  })
}

test('migrations are numbered without a gap', () => {
  expect(() => listMigrations('sqlite', makeFolder({ '0002_tea.sql': '' }))).toThrow('number 2, not 1')
  expect(() => listMigrations('sqlite', makeFolder({ '0001_a.sql': '', '0001_b.sql': '' }))).toThrow(
    'number 1, not 2',
  )
  expect(() => listMigrations('sqlite', makeFolder({ 'tea.sql': '' }))).toThrow('no number')
})

test('a SQLite file that holds something is copied before it changes, and three copies are kept', async () => {
  const snapshots = join(makeFolder(), 'backups')
  const files: Record<string, string> = {}
  const db = openSqlite(join(makeFolder(), 'warren.db'))
  for (let n = 1; n <= 6; n++) {
    files[`000${n}_tea.sql`] =
      `create table tea${n} (id text primary key); insert into tea${n} values ('cup');`
    await migrate(db, { folder: makeFolder(files), snapshots })
  }
  await db.close()

  const kept = readdirSync(snapshots).sort()
  expect(kept.map((file) => /schema-\d\.db/.exec(file)?.[0])).toEqual([
    'schema-3.db',
    'schema-4.db',
    'schema-5.db',
  ])
  const copy = openSqlite(join(snapshots, kept[2]!))
  expect(await copy.read`select id from tea5`).toEqual([{ id: 'cup' }])
  await expect(copy.read`select id from tea6`).rejects.toThrow()
  await copy.close()
})
