import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createPostgresDatabase, type FreshDatabase, freshPostgres } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { addNote, cake, createNotes, tea } from './db.contract.ts'
import { openPostgres } from './db.postgres.ts'
import { HELD, type Joint, type OpenDb, type Sql } from './db.ts'

if (hasPostgres) turnsOnPostgres()

function turnsOnPostgres(): void {
  let fresh: FreshDatabase
  let db: OpenDb
  /** Another node: a pool of its own. */
  let other: OpenDb

  beforeAll(async () => {
    fresh = await freshPostgres({ writes: 2, reads: 1, lockTimeoutMs: 300 })
    db = fresh.db
    other = await openPostgres(fresh.path)
    await createNotes(db)
  })
  beforeEach(() => db.write((sql) => sql`delete from notes`))
  afterAll(async () => {
    await other.close()
    await fresh.close()
  })

  const count = async () => (await db.read<{ n: number }>`select count(*) as n from notes`)[0]!.n
  const send = (chat: typeof tea, id: string) =>
    db.write(
      async (sql) => {
        await sql.lock('chats', chat)
        await addNote(sql, id)
        return id
      },
      { turn: chat },
    )

  /** Another node that keeps a chat locked until it is told to let go. */
  async function holdChat(chat: typeof tea): Promise<() => Promise<void>> {
    const { default: connect } = await import('postgres')
    const client = connect(fresh.path, { max: 1 })
    const held = await client.reserve()
    await held.unsafe('begin')
    await held.unsafe(`select 1 from chats where id = '${chat}' for no key update`)
    return async () => {
      await held.unsafe('rollback')
      held.release()
      await client.end()
    }
  }

  test('a chat that someone else keeps locked holds up no other chat and no read', async () => {
    const letGo = await holdChat(tea)
    const waiting = Array.from({ length: 20 }, (_, i) => send(tea, `tea${i}`).catch(() => 'refused'))
    const done = await Promise.race([
      Promise.all(Array.from({ length: 50 }, (_, i) => send(cake, `cake${i}`))).then(() => 'cake'),
      Promise.all(waiting).then(() => 'tea'),
    ])

    expect(done).toBe('cake')
    expect(await count()).toBe(50)
    await letGo()
    await Promise.all(waiting)
  })

  test('a lock that does not come in time refuses the write, and those that wait behind it unasked (F17)', async () => {
    const letGo = await holdChat(tea)
    const begun: string[] = []
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((id) =>
        db.write(
          (sql) => {
            begun.push(id)
            return sql.lock('chats', tea)
          },
          { turn: tea },
        ),
      ),
    )
    await letGo()

    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unavailable' } })
    expect(begun).toEqual(['a'])
    expect(await send(tea, 'd')).toBe('d')
    expect(await count()).toBe(1)
  })

  test('writes that wait for a lock, however many, leave connections for reads', async () => {
    const letGo = await holdChat(tea)
    const waiting = Array.from({ length: 3 }, () => db.write((sql) => sql.lock('chats', tea)))
    const refused = waiting.map((write) => write.catch((error: { code: string }) => error.code))
    const first = await Promise.race([count(), ...refused])
    await letGo()
    await Promise.allSettled(waiting)

    expect(first).toBe(0)
  })

  /** What is said in any chat, as sends do it: those whose chat is held are asked again. */
  function jointly() {
    const calls: string[][] = []
    const say: Joint<{ chat: typeof tea; id: string }, string> = async (sql, inputs) => {
      calls.push(inputs.map(({ id }) => id))
      const held = await sql.hold('chats', [...new Set(inputs.map(({ chat }) => chat))])
      if (inputs.some(({ id }) => id === 'broken')) throw new Error('broken')
      const free = inputs.filter(({ chat }) => held.has(chat))
      await Promise.all(free.map(({ id }) => addNote(sql, id)))
      return inputs.map(({ chat, id }) => (held.has(chat) ? id : HELD))
    }
    return { calls, ask: (chat: typeof tea, id: string) => db.writeJointly(say, { chat, id }, chat) }
  }

  test('sends of several chats share a transaction; one whose chat is held waits alone, and is refused in time (F17)', async () => {
    const letGo = await holdChat(tea)
    const { calls, ask } = jointly()
    const told: string[] = []
    const outcomes = await Promise.allSettled([
      ask(tea, 't1').catch((error: { code: string }) => told.push(error.code)),
      ask(cake, 'c1').then((id) => told.push(id)),
      ask(tea, 't2').catch((error: { code: string }) => told.push(error.code)),
      ask(cake, 'c2').then((id) => told.push(id)),
    ])
    await letGo()

    expect(outcomes).toHaveLength(4)
    expect(told).toEqual(['c1', 'c2', 'unavailable', 'unavailable'])
    expect(calls).toEqual([
      ['t1', 't2', 'c1', 'c2'],
      ['t1', 't2'],
    ])
    expect(await ask(tea, 't3')).toBe('t3')
    expect(await count()).toBe(3)
  })

  test('a bug that one of several chats meets is its own', async () => {
    const { ask } = jointly()
    const asked = [ask(tea, 'a'), ask(cake, 'broken'), ask(tea, 'b'), ask(cake, 'c')]
    const outcomes = await Promise.allSettled(asked)

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { message: 'broken' } })
    expect(await count()).toBe(3)
  })

  test('statements are prepared once for each connection', async () => {
    const look = () => db.read<{ statement: string }>`select statement from pg_prepared_statements`
    const [first, second, third] = [await look(), await look(), await look()]

    expect(first.map(({ statement }) => statement)).toContain('select statement from pg_prepared_statements')
    expect([second, third]).toEqual([first, first])
  })

  test('writes of a chat that wait share the next transaction and keep their order', async () => {
    const seen: { id: string; transaction: string }[] = []
    const look = (id: string) => async (sql: Sql) => {
      const [row] = await sql<{ transaction: string }>`select pg_current_xact_id()::text as transaction`
      seen.push({ id, transaction: row!.transaction })
    }
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => db.write(look(id), { turn: tea })))

    expect(seen.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    const [first, ...others] = seen.map(({ transaction }) => transaction)
    expect(new Set(others).size).toBe(1)
    expect(others[0]).not.toBe(first)
  })

  test('pipelined sends of two nodes to one chat are all stored, each node in its order', async () => {
    const from = (node: OpenDb, name: string) =>
      Array.from({ length: 60 }, (_, i) =>
        node.write(
          async (sql) => {
            await sql.lock('chats', tea)
            const [last] = await sql<{ n: number }>`select coalesce(max(n), 0) as n from notes`
            await addNote(sql, `${name}${String(i).padStart(2, '0')}`, last!.n + 1)
          },
          { turn: tea },
        ),
      )
    const outcomes = await Promise.allSettled([...from(db, 'a'), ...from(other, 'b')])
    const rows = await db.read<{ id: string; n: number }>`select id, n from notes order by n`

    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    for (const name of ['a', 'b']) {
      const order = rows.filter(({ id }) => id.startsWith(name)).map(({ id }) => id)
      expect(order).toEqual(order.toSorted())
    }
  })

  test('an error at COMMIT is an unknown outcome: unavailable (C2)', async () => {
    await db.exclusive((_, run) =>
      run(`create function fail() returns trigger language plpgsql as $$ begin raise 'at commit'; end $$;
        create constraint trigger late after insert on notes deferrable initially deferred
        for each row execute function fail()`),
    )
    const outcomes = await Promise.allSettled([send(tea, 'a'), send(tea, 'b'), send(tea, 'c')])
    await db.exclusive((_, run) => run('drop trigger late on notes; drop function fail'))

    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unavailable' } })
    expect(await count()).toBe(0)
  })

  test('a connection that is cut in the middle of a write is an unavailable database, and heals', async () => {
    const cut = (sql: Sql) => sql`select pg_terminate_backend(pg_backend_pid())`
    const outcomes = await Promise.allSettled([
      db.write(cut),
      db.write(cut, { turn: tea }),
      send(tea, 'a'),
      db.write(cut, { turn: tea }),
      db.read`select pg_terminate_backend(pg_backend_pid())`,
    ])

    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unavailable' } })
    expect(await send(tea, 'b')).toBe('b')
    expect(await count()).toBe(1)
  })

  test('a statement that takes too long is cut off and refused', async () => {
    const quick = await openPostgres(fresh.path, { answerMs: 50 })

    await expect(quick.read`select 1 from pg_sleep(5)`).rejects.toMatchObject({ code: 'unavailable' })
    await quick.close()
  })

  test('a server that may forget what it acknowledged is refused (C1)', async () => {
    const path = await createPostgresDatabase()
    const name = path.split('/').at(-1)!
    await db.read([`alter database ${name} set synchronous_commit = off`] as never)

    await expect(openPostgres(path)).rejects.toMatchObject({ exit: 3 })
    await expect(openPostgres(path)).rejects.toThrow('synchronous_commit is off')
  })

  test('a server that is away is an unreachable dependency', async () => {
    await expect(openPostgres('postgres://ann@127.0.0.1:1/none')).rejects.toMatchObject({ exit: 4 })
  })
}
