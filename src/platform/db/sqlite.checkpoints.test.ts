import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextTurn } from './db.contract.ts'
import { type Checkpoints, openCheckpoints } from './sqlite.checkpoints.ts'

let folder: string
let path: string
let connection: Database
let checkpoints: Checkpoints

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warren-log-'))
  path = join(folder, 'warren.db')
  connection = new Database(path)
  connection.run('pragma journal_mode = wal')
  connection.run('create table notes (id integer primary key, body text)')
})
afterEach(async () => {
  await checkpoints.close()
  connection.close()
  rmSync(folder, { recursive: true })
})

const logSize = () => statSync(`${path}-wal`).size

function write(pages: number): void {
  connection.run('begin immediate')
  for (let n = 0; n < pages; n++) connection.run('insert into notes (body) values (?)', ['x'.repeat(3500)])
  connection.run('commit')
  checkpoints.committed()
}

/** Commits, a turn of the loop between each, until `done` says so. */
async function writeUntil(done: () => boolean): Promise<number> {
  for (let commits = 1; commits <= 200_000; commits++) {
    write(1)
    if (done()) return commits
    await nextTurn()
  }
  throw new Error('never')
}

test('a small log is emptied when nobody writes', async () => {
  checkpoints = openCheckpoints(path, connection, { times: { lookMs: 0, idleMs: 20, restMs: 50 } })
  write(50)
  expect(logSize()).toBeGreaterThan(0)
  await until(() => logSize() === 0)

  expect(connection.query('select count(*) as n from notes').get()).toEqual({ n: 50 })
})

test('a log of hundreds of pages is emptied when nobody writes, and the writer copies no more than a few', async () => {
  const copied = copiesOf(connection)
  checkpoints = openCheckpoints(path, connection, { times: { lookMs: 0, idleMs: 20, restMs: 50 } })
  write(900)
  await until(() => logSize() === 0)

  expect(copied.length).toBeGreaterThan(0)
  expect(Math.max(...copied)).toBeLessThanOrEqual(250)
  expect(connection.query('select count(*) as n from notes').get()).toEqual({ n: 900 })
})

test('a large log is copied by the thread while the writer goes on, and starts anew', async () => {
  checkpoints = openCheckpoints(path, connection, { times: { lookMs: 0, idleMs: 60_000, restMs: 60_000 } })
  write(1500)
  const database = statSync(path).size
  await writeUntil(() => statSync(path).size > database + 1000 * 4096)

  // The log is overwritten from its start: it no longer grows.
  await writeUntil(() => left() < 100)
  write(1)
  expect(logSize()).toBeLessThan(20_000_000)
})

test('under a load without a pause the log stays bounded, and the writer copies no more than a few', async () => {
  const copied = copiesOf(connection)
  checkpoints = openCheckpoints(path, connection, { times: { lookMs: 0, idleMs: 60_000, restMs: 60_000 } })
  let largest = 0
  for (let n = 0; n < 300; n++) {
    write(100)
    await nextTurn()
    largest = Math.max(largest, logSize())
  }

  // 30,000 pages were written, 120 MB.
  expect(largest).toBeLessThan(80_000_000)
  expect(Math.max(0, ...copied)).toBeLessThanOrEqual(250)
})

test('a reader that stays, such as a backup, is not waited for when the log is to be emptied', async () => {
  connection.run('pragma busy_timeout = 2000')
  const took = timesOf(connection)
  checkpoints = openCheckpoints(path, connection, { times: { lookMs: 0, idleMs: 5, restMs: 50 } })
  const reader = new Database(path)
  reader.run('begin')
  reader.query('select count(*) from notes').get()
  write(50)
  await until(() => took.length > 0)

  expect(Math.max(...took)).toBeLessThan(1000)
  expect(connection.query('pragma busy_timeout').get()).toEqual({ timeout: 2000 })
  reader.close()
  write(1)
  await until(() => logSize() === 0)
})

/** How long each emptying of the log held the loop, in ms. */
function timesOf(writer: Database): number[] {
  const took: number[] = []
  const run = writer.run.bind(writer)
  writer.run = ((text: string, ...rest: []) => {
    const began = performance.now()
    const changes = run(text, ...rest)
    if (text.includes('truncate')) took.push(performance.now() - began)
    return changes
  }) as Database['run']
  return took
}

/** How many pages were left for each checkpoint that the writer itself makes. */
function copiesOf(writer: Database): number[] {
  const copied: number[] = []
  const run = writer.run.bind(writer)
  writer.run = ((text: string, ...rest: []) => {
    if (/wal_checkpoint\((passive|truncate)\)/.test(text)) copied.push(left())
    return run(text, ...rest)
  }) as Database['run']
  return copied
}

const left = () => {
  const row = connection.query('pragma wal_checkpoint(noop)').get() as { log: number; checkpointed: number }
  return row.log - row.checkpointed
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await nextTurn()
}
