import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type FreshDatabase, freshSqlite } from '../../testing/databases.ts'
import type { Log } from '../log.ts'
import type { Sql } from './db.ts'
import { openStatements } from './sqlite.statements.ts'
import { openViews } from './sqlite.views.ts'

let fresh: FreshDatabase
beforeEach(async () => {
  fresh = await freshSqlite()
})
afterEach(() => fresh.close())

const names = (sql: Sql) => sql<{ name: string }>`select name from settings order by name`
const add = (name: string) =>
  fresh.db.write((sql) => sql`insert into settings (name, value) values (${name}, '')`)

test('all reads of a view are of one moment', async () => {
  await add('a')

  const seen = await fresh.db.view(async (sql) => [await names(sql), await names(sql)])

  expect(seen).toEqual([[{ name: 'a' }], [{ name: 'a' }]])
})

test('views wait for each other, and each sees what was committed before it', async () => {
  const first = fresh.db.view(names)
  await add('a')
  const others = await Promise.all([fresh.db.view(names), fresh.db.view(names)])

  expect(await first).toEqual([])
  expect(others).toEqual([[{ name: 'a' }], [{ name: 'a' }]])
})

test('views that take long let the loop turn between them', async () => {
  const turns: number[] = []
  let views = 0
  const turn = () => {
    turns.push(views)
    if (views < 5) setImmediate(turn)
  }
  setImmediate(turn)
  const busy = () =>
    fresh.db.view(async (sql) => {
      for (const until = performance.now() + 3; performance.now() < until; ) await names(sql)
      views++
    })

  await Promise.all(Array.from({ length: 5 }, busy))

  expect(turns).toEqual(expect.arrayContaining([1, 2, 3, 4]))
})

test('a view that awaits something else is ended and holds up nobody', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const lazy = fresh.db.view(async (sql) => {
    await promise
    return names(sql)
  })

  expect(await fresh.db.view(names)).toEqual([])
  resolve()
  await expect(lazy).rejects.toThrow('view awaited')
})

test('a view that fails leaves the next one whole', async () => {
  await expect(fresh.db.view((sql) => sql`select nonsense from settings`)).rejects.toThrow()

  expect(await fresh.db.view(names)).toEqual([])
})

test('a view whose end fails has read, and the next one has its turn', async () => {
  const connection = new Database(':memory:')
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) =>
    text === 'commit' ? { run: failing, finalize() {} } : prepare(text)) as typeof connection.prepare
  const statements = openStatements(connection)
  const errors: unknown[] = []
  const log = { error: ({ err }: { err: unknown }) => void errors.push(err) } as unknown as Log
  const views = openViews(connection, statements, log)
  const one = () => views.view((sql) => sql<{ one: number }>`select 1 as one`)

  expect(await one()).toEqual([{ one: 1 }])
  expect(await one()).toEqual([{ one: 1 }])
  expect(errors).toEqual([FAILED, FAILED])
  expect(connection.inTransaction).toBe(false)
  views.close()
  statements.close()
  connection.close()
})

const FAILED = new Error('the commit failed')
const failing = () => {
  throw FAILED
}

test('a view cannot write', async () => {
  await expect(
    fresh.db.view((sql) => sql`insert into settings (name, value) values ('a', '')`),
  ).rejects.toThrow()
})
