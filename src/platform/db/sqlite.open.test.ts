import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { databaseClock } from './databaseClock.ts'
import { openSqlite } from './db.sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'warren-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a database that cannot keep a write-ahead log is refused (C1)', () => {
  expect(() => openSqlite(':memory:')).toThrow('would forget acknowledged messages (journal_mode=memory')
})

test('every commit is flushed, and references are checked (C1)', async () => {
  const db = openSqlite(join(folder, 'warren.db'))
  const settings = await db.write(async (sql) => [
    await sql`pragma synchronous`,
    await sql`pragma journal_mode`,
    await sql`pragma foreign_keys`,
    await sql`pragma wal_autocheckpoint`,
  ])
  await db.close()

  expect(settings.flat()).toEqual([
    { synchronous: 2 },
    { journal_mode: 'wal' },
    { foreign_keys: 1 },
    { wal_autocheckpoint: 0 },
  ])
})

test('a file that cannot be opened is an unreachable dependency', () => {
  expect(() => openSqlite(join(folder, 'missing', 'warren.db'))).toThrow('cannot be opened')
})

test("the clock of SQLite is the system's", async () => {
  const db = openSqlite(join(folder, 'clock.db'))
  const clock = await databaseClock(db)

  expect(clock.now).toBe(systemClock.now)
  await db.close()
})
