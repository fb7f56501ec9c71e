import { afterEach, beforeEach, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { type FreshDatabase, freshSqlite } from '../../testing/databases.ts'
import { addNote, createNotes, nextTurn, tea } from './db.contract.ts'
import type { OpenDb, Sql } from './db.ts'
import type { Failpoint } from './sqlite.group.ts'

let fresh: FreshDatabase
let db: OpenDb
let failpoint: Failpoint = () => {}
const fatal: unknown[] = []

beforeEach(async () => {
  fresh = await freshSqlite({ failpoint: (name) => failpoint(name), onFatal: (error) => fatal.push(error) })
  db = fresh.db
  await createNotes(db)
})
afterEach(async () => {
  failpoint = () => {}
  fatal.length = 0
  await fresh.close()
})

const ids = async () => (await db.read<{ id: string }>`select id from notes order by id`).map(({ id }) => id)
const add = (id: string) => db.write((sql) => addNote(sql, id))
const fails = (code: string) => () => {
  throw Object.assign(new Error('disk I/O error'), { code })
}

/** Again until the first two were in one batch: on a slow moment 4 ms part them. */
async function askTogether(asked: string[], work: (sql: Sql, id: string) => Promise<unknown>) {
  for (;;) {
    let commits = 0
    let apart = false
    failpoint = (name) => {
      if (name === 'before_commit') commits++
    }
    const outcomes = await Promise.allSettled(
      asked.map((id, place) =>
        db.write((sql) => {
          if (place === 1) apart = commits > 0
          return work(sql, id)
        }),
      ),
    )
    if (!apart) return outcomes
    await db.write((sql) => sql`delete from notes where id in ${sql.list(asked)}`)
  }
}

test('writes that wait together share one commit, 64 at most', async () => {
  let running = 0
  const batches: number[] = []
  failpoint = (name) => {
    if (name !== 'before_commit') return
    batches.push(running)
    running = 0
  }
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      db.write((sql) => {
        running++
        return addNote(sql, `n${i}`)
      }),
    ),
  )

  expect(batches.reduce((sum, size) => sum + size)).toBe(200)
  expect(Math.max(...batches)).toBeLessThanOrEqual(64)
  expect(batches.length).toBeLessThan(100)
})

test('a batch ends after 4 ms, and the next one begins when its callers have been told', async () => {
  const told: string[] = []
  const slow = (id: string) =>
    db
      .write(async (sql) => {
        const end = performance.now() + 5
        while (performance.now() < end);
        told.push(`wrote ${id}`)
        await addNote(sql, id)
      })
      .then(() => told.push(`told ${id}`))
  await Promise.all([slow('a'), slow('b')])

  expect(told).toEqual(['wrote a', 'told a', 'wrote b', 'told b'])
})

test('a joint carries out sixteen at most, so that a batch can end after its 4 ms', async () => {
  const sizes: number[] = []
  const addAll = async (sql: Sql, inputs: readonly string[]) => {
    sizes.push(inputs.length)
    for (const id of inputs) await addNote(sql, id)
    return [...inputs]
  }
  await Promise.all(Array.from({ length: 64 }, (_, i) => db.writeJointly(addAll, `n${i}`, tea)))

  expect(sizes.reduce((sum, size) => sum + size)).toBe(64)
  expect(Math.max(...sizes)).toBe(16)
})

test('nothing is told before the commit, and all of a batch is told in its order right after it (C1)', async () => {
  const events: string[] = []
  failpoint = (name) => events.push(name)
  const writes = ['a', 'b', 'c'].map((id) => add(id).then(() => events.push(id)))
  await Promise.all(writes)

  const commits = events.filter((event) => event !== 'mid_group_commit')
  if (commits.length > 5) return // a slow moment parted them
  expect(commits).toEqual(['before_commit', 'after_commit', 'a', 'b', 'c'])
})

test('those who ask again as soon as they are answered stay one batch, also when some are slower', async () => {
  let commits = 0
  failpoint = (name) => {
    if (name === 'before_commit') commits++
  }
  const talk = async (who: number) => {
    for (let n = 0; n < 20; n++) {
      await add(`${who}-${n}`)
      for (let turns = 0; turns < who % 4; turns++) await nextTurn()
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_, who) => talk(who)))

  // In parts it would be more than 40; a slow moment parts a few.
  expect(commits).toBeLessThan(35)
})

test('a full disk refuses every write of the batch; the rest goes on, and room heals it (C1)', async () => {
  await db.exclusive((_, run) => run('pragma max_page_count = 60'))
  await add('warm')
  const [asked, big, rest] = await askTogether(['a', 'big', 'b'], (sql, id) =>
    id === 'big'
      ? sql`insert into notes (id, n, bytes) values (${id}, 1, ${new Uint8Array(1e6)})`
      : addNote(sql, id),
  )

  for (const outcome of [asked, big]) {
    expect(outcome).toMatchObject({ reason: { code: 'unavailable', details: { retryAfterMs: 1000 } } })
  }
  expect(rest).toMatchObject({ status: 'fulfilled' })
  expect(await ids()).toEqual(['b', 'warm'])

  await db.exclusive((_, run) => run('pragma max_page_count = 1000000'))
  await add('c')
  expect(await ids()).toEqual(['b', 'c', 'warm'])
})

test('work that swallows a full disk does not go on outside of a transaction', async () => {
  await db.exclusive((_, run) => run('pragma max_page_count = 60'))
  const write = db.write(async (sql) => {
    await sql`insert into notes (id, n, bytes) values ('big', 1, ${new Uint8Array(1e6)})`.catch(() => {})
    await addNote(sql, 'small').catch(() => {})
  })

  await expect(write).rejects.toMatchObject({ code: 'unavailable' })
  expect(await ids()).toEqual([])
})

test('an error at COMMIT refuses every write of the batch, also those that had refused by themselves (C1, C2)', async () => {
  failpoint = (name) => name === 'before_commit' && fails('SQLITE_IOERR_WRITE')()
  const refused = db.write(async () => {
    throw new Error('no')
  })
  const outcomes = await Promise.allSettled([add('a'), refused, add('b')])
  failpoint = () => {}

  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unavailable' } })
  expect(fatal).toHaveLength(0)
  await add('c')
  expect(await ids()).toEqual(['c'])
})

test('after a failed fsync nothing is acknowledged any more and the process is told to end (C1)', async () => {
  failpoint = (name) => name === 'before_commit' && fails('SQLITE_IOERR_FSYNC')()
  const outcome = await add('a').catch((error: unknown) => error)
  failpoint = () => {}

  expect(outcome).toMatchObject({ code: 'unavailable' })
  expect(fatal).toHaveLength(1)
  await expect(add('b')).rejects.toMatchObject({ code: 'unavailable' })
})

test('closing waits for the writes that were asked for and refuses later ones', async () => {
  const asked = add('a')
  const closing = db.close()

  await expect(add('b')).rejects.toMatchObject({ code: 'unavailable' })
  await Promise.all([asked, closing])

  db = (await import('./db.sqlite.ts')).openSqlite(fresh.path)
  fresh = {
    ...fresh,
    async close() {
      await db.close()
      rmSync(dirname(fresh.path), { recursive: true })
    },
  }
  expect(await ids()).toEqual(['a'])
})
