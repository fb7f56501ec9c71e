import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { FreshDatabase } from '../../testing/databases.ts'
import { Refusal, refuse } from '../errors.ts'
import type { Id } from '../ids.ts'
import type { OpenDb, Sql } from './db.ts'

export const tea = 'tea' as Id<'chat'>
export const cake = 'cake' as Id<'chat'>

/** What both databases promise: "How a write works" in ARCHITECTURE.md, a test per sentence. */
export function contract(open: () => Promise<FreshDatabase>): void {
  let fresh: FreshDatabase
  let db: OpenDb

  beforeAll(async () => {
    fresh = await open()
    db = fresh.db
    await createNotes(db)
  })
  beforeEach(() => db.write((sql) => sql`delete from notes`))
  afterAll(() => fresh.close())

  const ids = async () =>
    (await db.read<{ id: string }>`select id from notes order by n, id`).map(({ id }) => id)

  test('what a write stored is there for every read when its promise settles, and not before', async () => {
    const inside = await db.write(async (sql) => {
      await addNote(sql, 'a')
      const seen = await sql`select id from notes`
      return seen.length
    })

    expect(inside).toBe(1)
    expect(await ids()).toEqual(['a'])
  })

  test('a refused write leaves nothing, and the others of its batch stand', async () => {
    const writes = ['a', 'b', 'c'].map((id) =>
      db.write(
        async (sql) => {
          await addNote(sql, id)
          if (id === 'b') refuse('forbidden', 'not_yours')
          return id
        },
        { turn: tea },
      ),
    )
    const outcomes = await Promise.allSettled(writes)

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await expect(writes[1]).rejects.toMatchObject({ code: 'forbidden', reason: 'not_yours' })
    expect(await ids()).toEqual(['a', 'c'])
  })

  test('work that throws before its first await is a failed write like any other', async () => {
    const write = db.write(() => {
      throw new Error('too early')
    })

    await expect(write).rejects.toThrow('too early')
  })

  test("a statement's error ends its write, also when the work swallows it", async () => {
    await db.write((sql) => addNote(sql, 'a'))
    const before = db.write((sql) => addNote(sql, 'b', 2), { turn: tea })
    const broken = db.write(
      async (sql) => {
        await addNote(sql, 'c', 3)
        await addNote(sql, 'a').catch(() => {})
      },
      { turn: tea },
    )
    const after = db.write((sql) => addNote(sql, 'd', 4), { turn: tea })

    await expect(broken).rejects.toThrow()
    await expect(broken).rejects.not.toBeInstanceOf(Refusal)
    await Promise.all([before, after])
    expect(await ids()).toEqual(['a', 'b', 'd'])
  })

  test('a write that awaits something foreign is rolled back and is a bug; the others stand', async () => {
    const foreign = Promise.withResolvers<void>()
    let late: unknown
    const before = db.write((sql) => addNote(sql, 'a'), { turn: tea })
    const stuck = db.write(
      async (sql) => {
        await addNote(sql, 'b')
        await foreign.promise
        late = await addNote(sql, 'c').catch((error: unknown) => error)
      },
      { turn: tea },
    )
    const after = db.write((sql) => addNote(sql, 'd'), { turn: tea })

    await expect(stuck).rejects.toThrow('awaited something other than its own sql')
    await Promise.all([before, after])
    foreign.resolve()
    await nextTurn()
    expect(String(late)).toContain('awaited something other than its own sql')
    expect(await ids()).toEqual(['a', 'd'])
  })

  test('a write that awaits without a single statement is a bug too', async () => {
    const stuck = db.write(() => new Promise<void>(() => {}))

    await expect(stuck).rejects.toThrow('awaited something other than its own sql')
  })

  test('a nested write throws, and takes the outer one with it', async () => {
    const outer = db.write(async (sql) => {
      await addNote(sql, 'outer')
      await db.write((inner) => addNote(inner, 'inner'))
    })

    await expect(outer).rejects.toThrow('a write inside a write')
    expect(await ids()).toEqual([])
  })

  test('a write may be asked for while another one runs', async () => {
    let other: Promise<unknown> = Promise.resolve()
    const first = db.write((sql) => addNote(sql, 'a'))
    const asker = Promise.resolve().then(() => {
      other = db.write((sql) => addNote(sql, 'b'))
    })
    await Promise.all([first, asker])
    await other

    expect(await ids()).toEqual(['a', 'b'])
  })

  test('what a write leaves behind may write again when that one has settled', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let later: Promise<unknown> = Promise.resolve()
    await db.write(async (sql) => {
      later = promise.then(() => db.write((own) => addNote(own, 'later')))
      await addNote(sql, 'first')
    })
    resolve()
    await later

    expect(await ids()).toEqual(['first', 'later'])
  })

  test('the sql of a write is dead once it settles', async () => {
    let kept: Sql | undefined
    await db.write(async (sql) => {
      kept = sql
      await addNote(sql, 'a')
    })

    await expect(addNote(kept!, 'b')).rejects.toThrow('has settled')
    await expect(kept!.lock('chats', tea)).rejects.toThrow('has settled')
    expect(await ids()).toEqual(['a'])
  })

  test('the sql of a refused write is dead for good', async () => {
    let kept: Sql | undefined
    const write = db.write(async (sql) => {
      kept = sql
      refuse('invalid', 'no')
    })

    await expect(write).rejects.toThrow('no')
    await expect(addNote(kept!, 'b')).rejects.toThrow()
    expect(await ids()).toEqual([])
  })

  test('writes of a chat are strictly serial: none is lost, refused or not', async () => {
    await db.write((sql) => addNote(sql, 'counter', 0))
    const count = async (sql: Sql, i: number) => {
      await sql.lock('chats', tea)
      const [row] = await sql<{ n: number }>`select n from notes where id = 'counter'`
      await sql`update notes set n = ${row!.n + 1} where id = 'counter'`
      await sql`select 1`
      if (i % 3 === 0) refuse('conflict', 'third')
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: 150 }, (_, i) => db.write((sql) => count(sql, i), { turn: tea })),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(100)
    expect(await db.read`select n from notes where id = 'counter'`).toEqual([{ n: 100 }])
  })

  test('writes of a chat settle in the order asked for, which is the order of their commits', async () => {
    const told: number[] = []
    const announce = async (i: number) => {
      const place = await db.write(
        async (sql) => {
          await addNote(sql, `n${i}`, i)
          const [row] = await sql<{ n: number }>`select count(*) as n from notes`
          return row!.n
        },
        { turn: tea },
      )
      told.push(place)
    }
    await Promise.all(Array.from({ length: 100 }, (_, i) => announce(i)))

    expect(told).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })

  test('statements of one write may be asked for at once and run in order', async () => {
    const [, , rows] = await db.write((sql) =>
      Promise.all([addNote(sql, 'a'), addNote(sql, 'b'), sql`select count(*) as n from notes`]),
    )

    expect(rows).toEqual([{ n: 2 }])
  })

  test('a lock is for a write alone', async () => {
    await expect(db.read.lock('chats', tea)).rejects.toThrow('outside of a write')
    await expect(db.view((sql) => sql.lock('chats', tea))).rejects.toThrow('outside of a write')
  })

  test('a view sees one moment, and cannot write', async () => {
    await db.write((sql) => addNote(sql, 'a'))
    const seen = await db.view(async (sql) => [
      await sql`select id from notes`,
      await sql`select id from notes`,
    ])

    expect(seen).toEqual([[{ id: 'a' }], [{ id: 'a' }]])
    await expect(db.view((sql) => addNote(sql, 'b'))).rejects.toThrow()
  })
}

export async function createNotes(db: OpenDb): Promise<void> {
  await db.exclusive(async (sql, run) => {
    await run('create table notes (id text primary key, n bigint not null, bytes bytea); select 1')
    await addChats(sql)
  })
}

export const addNote = (sql: Sql, id: string, n = 1) => sql`insert into notes (id, n) values (${id}, ${n})`

/** So that there are rows to lock. */
async function addChats(sql: Sql): Promise<void> {
  await sql`insert into users (id, email, username, full_name, role, authz_changed_at, created_at, updated_at)
    values ('ann', 'ann@example.org', 'ann', 'Ann', 'member', 1, 1, 1)`
  for (const id of [tea, cake]) {
    await sql`insert into chats (id, kind, visibility, created_by, changed_at, created_at, updated_at)
      values (${id}, 'group', 'private', 'ann', 1, 1, 1)`
  }
}

/** Everything that was ready to run has run. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
