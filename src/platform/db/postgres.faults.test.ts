import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { startProxy } from '../../testing/cluster/proxy.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../../testing/postgres.ts'
import type { Id } from '../ids.ts'
import { addNote, cake, createNotes, tea } from './db.contract.ts'
import { openPostgres } from './db.postgres.ts'
import type { Joint, OpenDb } from './db.ts'
import { migrate } from './migrate.ts'

// A server of our own that is frozen, crashed, filled and robbed of its backends. Limits are short, so that nobody
// waits for what they are about.

const REFUSED = { reason: { code: 'unavailable', details: { retryAfterMs: 1000 } } }
const ANSWER_MS = 400
const CONNECTIONS = { reads: 2, writes: 3 }

if (hasPostgres) faults()

function faults(): void {
  let server: PostgresServer
  let db: OpenDb
  let admin: Awaited<ReturnType<typeof connectAdmin>>

  beforeAll(async () => {
    server = await startPostgres({ settings: ['max_connections=20', 'deadlock_timeout=20ms'] })
    const first = await openPostgres(`${server.address}/postgres`)
    await migrate(first)
    await createNotes(first)
    await first.close()
  })
  beforeEach(async () => {
    const limits = { answerMs: ANSWER_MS, lockTimeoutMs: 200, waitingEach: 50 }
    db = await openPostgres(`${server.address}/postgres`, { ...CONNECTIONS, ...limits })
    admin = await connectAdmin(server)
    await admin.unsafe('delete from notes')
  })
  afterEach(async () => {
    await admin.end()
    await db.close()
  })
  afterAll(() => server.stop())

  const add: Joint<string, string> = async (sql, ids) => {
    await sql.hold('chats', [tea, cake])
    for (const id of ids) await addNote(sql, id)
    return [...ids]
  }
  const send = (id: string, chat: Id<'chat'> = tea) => db.writeJointly(add, id, chat)
  const write = (id: string) => db.write((sql) => addNote(sql, id))
  const stored = async () =>
    (await admin.unsafe('select id from notes order by id')).map(({ id }) => id as string)
  /** As a client does: again and again, until it is stored. */
  const insist = async (id: string) => {
    for (let tries = 1; ; tries++) {
      const done = await send(id).catch((error: { code: string }) => error.code)
      if (done === id || done === '23505') return tries
      await admin.unsafe('select 1')
    }
  }
  /** Of the pool under test. */
  const backends = async (which = 'true') => {
    const rows = await admin.unsafe(
      `select 1 from pg_stat_activity where application_name = 'warren' and ${which}`,
    )
    return rows.length
  }

  test('a server that hangs: whoever asks is refused in time, few wait, and it heals without a storm (F13)', async () => {
    await send('before')
    server.signalAll('SIGSTOP')
    const began = performance.now()
    const asked = [
      ...Array.from({ length: 200 }, (_, i) => send(`tea${i}`)),
      ...Array.from({ length: 20 }, (_, i) => write(`alone${i}`)),
      ...Array.from({ length: 20 }, () => db.read`select 1`),
    ]
    const outcomes = await Promise.allSettled(asked)
    const answeredIn = performance.now() - began
    server.signalAll('SIGCONT')
    await insist('after')

    for (const outcome of outcomes) expect(outcome).toMatchObject(REFUSED)
    expect(answeredIn).toBeLessThan(2 * ANSWER_MS)
    expect(await stored()).toContain('before')
    expect(await backends()).toBeLessThanOrEqual(CONNECTIONS.reads + CONNECTIONS.writes)
    expect(await backends(`state like 'idle in transaction%'`)).toBe(0)
  })

  test('more than may wait are refused at once, the others are stored in their order', async () => {
    const order: string[] = []
    const refused: string[] = []
    await Promise.all(
      Array.from({ length: 80 }, (_, i) => `n${String(i).padStart(2, '0')}`).map((id) =>
        send(id).then(
          () => order.push(id),
          () => refused.push(id),
        ),
      ),
    )

    expect(refused).toHaveLength(30)
    expect(order).toEqual(order.toSorted())
    expect(await stored()).toEqual(order)
  })

  test('a server that crashed: nothing is acknowledged while it is away, and soon after it is back (F11)', async () => {
    const acked: string[] = []
    for (let round = 0; round < 3; round++) {
      await insist(`up${round}`)
      acked.push(`up${round}`)
      const flying = Promise.allSettled(Array.from({ length: 10 }, (_, i) => write(`flying${round}${i}`)))
      await server.crash()
      await flying
      let longest = 0
      for (const until = performance.now() + ANSWER_MS; performance.now() < until; ) {
        const asked = performance.now()
        const away = await Promise.allSettled([send('away'), write('away too'), db.read`select 1`])
        for (const outcome of away) expect(outcome).toMatchObject(REFUSED)
        longest = Math.max(longest, performance.now() - asked)
      }
      expect(longest).toBeLessThan(ANSWER_MS)

      await server.start()
      await admin.end({ timeout: 0 })
      admin = await connectAdmin(server)
      const began = performance.now()
      await insist(`back${round}`)
      expect(performance.now() - began).toBeLessThan(5000)
    }

    expect(await stored()).toEqual(expect.arrayContaining(acked))
    expect(await stored()).not.toContain('away')
  })

  test('backends that are ended at random: each send is stored once, and no transaction is left open (F12)', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `n${i}`)
    const endOne = () =>
      admin.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'warren' order by random() limit 1`)
    await Promise.all(ids.map((id) => insist(id).then(endOne)))

    expect((await stored()).toSorted()).toEqual(ids.toSorted())
    expect(await backends(`state like 'idle in transaction%'`)).toBe(0)
    expect(await insist('after')).toBeGreaterThan(0)
  })

  test('a way that has gone silent: the connections that wait are not believed either, and the next host is asked', async () => {
    const [silent, sound] = [await startProxy(server), await startProxy(server)]
    const address = `postgres://warren@127.0.0.1:${silent.port},127.0.0.1:${sound.port}/postgres`
    const own = await openPostgres(address, { ...CONNECTIONS, answerMs: ANSWER_MS })
    const readTwice = () => Promise.allSettled([own.read`select 1 as one`, own.read`select 1 as one`])
    while (silent.open < 2 || (await backends(`state = 'idle'`)) < 3) await readTwice()
    await readTwice()
    silent.hold('there', 'back')
    silent.refuse(true)
    const first = await Promise.allSettled([own.read`select 1 as one`])
    const others = await readTwice()
    await Promise.all([own.close(), silent.close(), sound.close()])

    expect(first).toMatchObject([REFUSED])
    expect(others).toMatchObject([{ value: [{ one: 1 }] }, { value: [{ one: 1 }] }])
  })

  test('a write that takes too long loses its own connection: those that have just answered stay', async () => {
    const pids = async () => {
      const rows = await Promise.all(
        [1, 2].map(() => db.read<{ pid: number }>`select pg_backend_pid() as pid`),
      )
      return rows.flat().map(({ pid }) => pid)
    }
    while ((await backends()) < 3) await Promise.all([pids(), send(crypto.randomUUID())])
    const busy = db.write(async (sql) => {
      for (;;) await sql`select pg_sleep(0.02)`
    })
    let isOver = false
    const outcome = Promise.allSettled([busy]).finally(() => {
      isOver = true
    })
    const seen = new Set(await pids())
    for (; !isOver; await admin.unsafe('select pg_sleep(0.01)')) for (const pid of await pids()) seen.add(pid)
    for (const pid of await pids()) seen.add(pid)

    expect(await outcome).toMatchObject([REFUSED])
    expect(seen.size).toBe(2)
  })

  test('of several hosts one that answers is enough, and none is an unreachable dependency', async () => {
    const [one, two] = [await startProxy(server), await startProxy(server)]
    const address = `postgres://warren@127.0.0.1:${one.port},127.0.0.1:${two.port}/postgres`
    one.refuse(true)
    const own = await openPostgres(address)
    const rows = await own.read`select 1 as one`
    await own.close()
    two.refuse(true)
    const outcome = await Promise.allSettled([openPostgres(address)])
    await Promise.all([one.close(), two.close()])

    expect(rows).toEqual([{ one: 1 }])
    expect(outcome).toMatchObject([{ reason: { exit: 4 } }])
  })

  test('too few connections: who asks waits for those there are, and is refused when there are none (F18)', async () => {
    await db.close()
    const { default: connect } = await import('postgres')
    const greedy = connect(`${server.address}/postgres`, { max: 17 })
    const taken = await Promise.all(Array.from({ length: 17 }, () => greedy.reserve()))
    // One of twenty is the admin's, two are left.
    db = await openPostgres(`${server.address}/postgres`, { ...CONNECTIONS, answerMs: 5000 })
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 40 }, (_, i) => write(`n${i}`)),
      ...Array.from({ length: 40 }, () => db.read`select 1`),
    ])

    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(await backends()).toBe(2)
    for (const each of taken) each.release()
    await greedy.end()
  })

  test('a deadlock refuses one of both, who may ask again (F17)', async () => {
    const outside = await connectAdmin(server)
    const held = await outside.reserve()
    await held.unsafe(`begin; select 1 from chats where id = '${cake}' for no key update`)
    const hasTea = Promise.withResolvers<void>()
    const ours = db.write(async (sql) => {
      await sql.lock('chats', tea)
      hasTea.resolve()
      await sql.lock('chats', cake)
    })
    await hasTea.promise
    const theirs = held.unsafe(`select 1 from chats where id = '${tea}' for no key update`)
    const [our, their] = await Promise.allSettled([ours, theirs.then(() => held.unsafe('rollback'))])
    await held.unsafe('rollback')
    held.release()
    await outside.end()

    if (our.status === 'rejected') expect(our).toMatchObject(REFUSED)
    else expect(their).toMatchObject({ reason: { code: '40P01' } })
    expect(await send('after')).toBe('after')
  })
}

async function connectAdmin(server: PostgresServer) {
  const { default: connect } = await import('postgres')
  const admin = connect(`${server.address}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe("set application_name = 'admin'")
  return admin
}
