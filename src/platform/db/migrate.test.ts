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

  test('a Warren goes on beside a newer one, and may start again, as long as each change said so (F41)', async () => {
    const files = { '0001_tea.sql': 'create table tea (id text primary key);' }
    const cake = {
      '0002_cake.sql': '-- compatible from 1\nalter table tea add column milk bigint not null default 0;',
    }
    const older = makeFolder(files)
    const newer = makeFolder({ ...files, ...cake })
    const breaking = makeFolder({ ...files, ...cake, '0003_end.sql': '-- compatible from 2\nselect 1;' })
    const db = await open()
    await migrate(db, { folder: older })
    const addTea = (id: string) => db.write((sql) => sql`insert into tea (id) values (${id})`)
    await addTea('before')
    await migrate(db, { folder: newer })

    await addTea('after')
    expect(await readSchema(db, older)).toEqual({ version: 2, known: 1, pending: [] })
    expect(await migrate(db, { folder: older })).toEqual([])
    expect(await db.read`select id, milk from tea order by id`).toEqual([
      { id: 'after', milk: 0 },
      { id: 'before', milk: 0 },
    ])

    await migrate(db, { folder: breaking })
    await expect(readSchema(db, older)).rejects.toMatchObject({ exit: 5 })
    expect(await readSchema(db, newer)).toMatchObject({ version: 3, known: 2 })
    await db.close()
  })

  test('a database whose changes said nothing yet learns to', async () => {
    const files = { '0001_tea.sql': 'create table tea (id text primary key);' }
    const db = await open()
    await migrate(db, { folder: makeFolder(files) })
    await db.exclusive((_, run) => run('alter table schema_migrations drop column compatible_from'))
    await migrate(db, {
      folder: makeFolder({ ...files, '0002_cake.sql': '-- compatible from 1\ncreate table cake (id text);' }),
    })

    expect(await db.read`select version, compatible_from from schema_migrations order by version`).toEqual([
      { version: 1, compatible_from: null },
      { version: 2, compatible_from: 1 },
    ])
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

/** What an older Warren does not notice: new tables, columns that fill themselves, indexes that refuse nothing. */
const ADDS =
  /^(create table |create index |alter table \w+ add column (?!.*\b(unique|references)\b)((?!not null).|not null default )*$)/

test('a migration beside which an older Warren may go on only adds', () => {
  const breaking = [...listMigrations('sqlite'), ...listMigrations('postgres')].filter(
    ({ version, compatibleFrom, script }) => {
      const statements = script.replace(/--.*$/gm, '').split(';')
      const texts = statements.map((text) => text.trim().replace(/\s+/g, ' ')).filter(Boolean)
      return compatibleFrom < version && !texts.every((text) => ADDS.test(text))
    },
  )

  expect(breaking).toEqual([])
  for (const text of [
    'drop table tea',
    'alter table tea add column milk bigint not null',
    'update tea set id = 1',
  ]) {
    expect(text).not.toMatch(ADDS)
  }
  expect('alter table tea add column milk bigint not null default 0').toMatch(ADDS)
})

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
