import { describe, expect, test } from 'bun:test'
import { engines } from '../../testing/engines.ts'
import { jobGrounds, MINUTE, readJobs } from '../../testing/jobGround.ts'
import { listOpenJobs, replayDeadJobs, replayJob } from './open.ts'
import { fullJitter, type Handler } from './run.ts'
import { claimJobs, countDead, finishJob, retryJob } from './sql.ts'
import { runDueJobs } from './worker.ts'

describe.each(engines)('jobs on %s', (_, fresh) => {
  const start = jobGrounds(fresh)

  test('a job is rolled back with its write (C14)', async () => {
    const { app } = await start()

    const write = app.db.write(async (sql) => {
      await app.jobs.enqueue(sql, { kind: 'greet', payload: {} })
      throw new Error('no')
    })

    await expect(write).rejects.toThrow('no')
    expect(await readJobs(app)).toEqual([])
  })

  test('one kind and key is stored once, also when many ask at once (C14)', async () => {
    const { app, enqueue } = await start()
    const job = { kind: 'greet', key: 'ann', payload: {} }

    await Promise.all([...Array(5)].map(() => enqueue(job)))
    await enqueue({ ...job, kind: 'wave' })
    await enqueue({ kind: 'greet', payload: {} })
    await enqueue({ kind: 'greet', payload: {} })

    expect(await readJobs(app)).toHaveLength(4)
  })

  test('a done job keeps nothing of what it carried (S-66)', async () => {
    const { app, enqueue } = await start()
    await enqueue({ kind: 'greet', payload: { link: 'secret' } })

    await runDueJobs(app, { greet: async () => {} })

    expect(await readJobs(app)).toMatchObject([{ attempts: 1, payload: '{}', last_error: null }])
    expect((await readJobs(app))[0]?.done_at).not.toBeNull()
  })

  test('a job waits for its time', async () => {
    const { app, time, enqueue } = await start()
    const ran: unknown[] = []
    const handlers = { greet: async () => void ran.push(1) }
    await enqueue({ kind: 'greet', payload: {}, runAt: time.now + MINUTE })

    await runDueJobs(app, handlers)
    expect(ran).toHaveLength(0)
    time.now += MINUTE
    await runDueJobs(app, handlers)
    expect(ran).toHaveLength(1)
  })

  test('what failed is tried again later, each time with one attempt more, and then done (C14)', async () => {
    const { app, time, enqueue } = await start()
    const attempts: number[] = []
    const handlers: Record<string, Handler> = {
      greet: async (_, __, { attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new Error(`no\0 \ud800 ${attempt}`)
      },
    }
    await enqueue({ kind: 'greet', payload: {} })

    for (const wait of [0, 0, MINUTE, MINUTE]) {
      time.now += wait
      await runDueJobs(app, handlers, { backoffMs: () => MINUTE })
    }

    expect(attempts).toEqual([1, 2, 3])
  })

  test('the wait grows from seconds to hours and is different for each', () => {
    const longest = (attempt: number) => Math.max(...Array.from({ length: 2_000 }, () => fullJitter(attempt)))

    expect(longest(1)).toBeLessThan(15_000)
    expect(longest(4)).toBeGreaterThan(100_000)
    expect(longest(40)).toBeLessThan(4 * 60 * MINUTE)
    expect(longest(40)).toBeGreaterThan(3.9 * 60 * MINUTE)
  })

  test('a poisonous job is dead after its attempts and holds up nobody (C14)', async () => {
    const { app, time, enqueue } = await start()
    const greeted: unknown[] = []
    const handlers: Record<string, Handler> = {
      poison: () => {
        throw new Error('bad')
      },
      greet: async (_, payload) => void greeted.push(payload),
    }
    await enqueue({ kind: 'poison', payload: {} })
    for (let i = 0; i < 6; i++) await enqueue({ kind: 'greet', payload: { i } })

    for (let round = 0; round < 4; round++) {
      await runDueJobs(app, handlers, { maxAttempts: 3, backoffMs: () => MINUTE })
      time.now += MINUTE
    }

    expect(greeted).toHaveLength(6)
    expect(await countDead(app.db.read)).toBe(1)
    expect((await readJobs(app))[0]).toMatchObject({ attempts: 3, last_error: 'bad' })
  })

  test('a dead job can be replayed, a living one can not (C14)', async () => {
    const { app, enqueue } = await start()
    await enqueue({ kind: 'greet', payload: { to: 'ann' } })
    await runDueJobs(app, { greet: () => Promise.reject(new Error('off')) }, { maxAttempts: 1 })
    const id = (await readJobs(app))[0]?.id ?? ''
    const ran: unknown[] = []

    expect(await replayJob(app, id)).toBe(true)
    expect(await replayJob(app, id)).toBe(false)
    await runDueJobs(app, { greet: async (_, payload) => void ran.push(payload) })

    expect(ran).toEqual([{ to: 'ann' }])
    expect(await countDead(app.db.read)).toBe(0)
  })

  test('what is not done is listed, the dead first, and all that are dead can be replayed at once (C14)', async () => {
    const { app, time, enqueue } = await start()
    await enqueue({ kind: 'later', payload: {}, runAt: time.now - MINUTE })
    for (const kind of ['greet', 'bless', 'greet']) await enqueue({ kind, payload: { to: 'ann' } })
    const off = () => Promise.reject(new Error('off'))
    await runDueJobs(app, { bless: async () => {} })
    await runDueJobs(app, { greet: off }, { maxAttempts: 1 })
    await app.db.write((sql) => claimJobs(sql, { kinds: ['later'], limit: 1, leaseMs: MINUTE }, time.now))

    const listed = await listOpenJobs(app, 9)
    const [dead] = listed
    const counted = [await replayDeadJobs(app), await replayDeadJobs(app)]

    expect(listed.map(({ kind, state }) => [kind, state])).toEqual([
      ['greet', 'dead'],
      ['greet', 'dead'],
      ['later', 'running'],
    ])
    expect(dead).toEqual({ ...dead, attempts: 1, lastError: 'off', at: time.now } as typeof dead)
    expect(Object.keys(dead ?? {})).toEqual(['id', 'kind', 'state', 'attempts', 'lastError', 'at'])
    expect(counted).toEqual([2, 0])
    expect((await listOpenJobs(app, 9)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['running', 1],
      ['waiting', 0],
      ['waiting', 0],
    ])
    expect(await listOpenJobs(app, 1)).toHaveLength(1)
  })

  test('a job that kills its process every time is dead in the end', async () => {
    const { app, time, enqueue } = await start()
    await enqueue({ kind: 'greet', payload: {} })
    for (let i = 0; i < 3; i++) {
      await app.db.write((sql) => claimJobs(sql, { kinds: ['greet'], limit: 1, leaseMs: MINUTE }, time.now))
      time.now += MINUTE
    }
    const ran: unknown[] = []

    await runDueJobs(app, { greet: async () => void ran.push(1) }, { maxAttempts: 3 })

    expect(ran).toHaveLength(0)
    expect(await countDead(app.db.read)).toBe(1)
  })

  test('a holder that slept through its lease changes nothing any more', async () => {
    const { app, time, enqueue } = await start()
    await enqueue({ kind: 'greet', payload: { to: 'ann' } })
    const claim = () =>
      app.db.write((sql) => claimJobs(sql, { kinds: ['greet'], limit: 1, leaseMs: MINUTE }, time.now))
    const [sleeper] = await claim()
    expect(await claim()).toEqual([])
    time.now += MINUTE
    const [next] = await claim()
    if (!sleeper || !next) throw new Error('not claimed')

    expect(await app.db.write((sql) => finishJob(sql, sleeper, time.now))).toBe(false)
    expect(await app.db.write((sql) => retryJob(sql, sleeper, time.now, 'no'))).toBe(false)
    expect(await app.db.write((sql) => finishJob(sql, next, time.now))).toBe(true)
  })
})
