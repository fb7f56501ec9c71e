import { describe, expect, test } from 'bun:test'
import { engines } from '../../testing/engines.ts'
import { jobGrounds, MINUTE, readJobs } from '../../testing/jobGround.ts'
import type { Handler } from './run.ts'
import { runDueJobs } from './worker.ts'

describe.each(engines)('the worker on %s', (_, fresh) => {
  const start = jobGrounds(fresh)

  test('a job runs after the commit of the write that caused it, with what it was given (C14)', async () => {
    const { app, work } = await start()
    const ran = Promise.withResolvers<unknown>()
    let committed = false
    work({ greet: async (_, payload) => ran.resolve([payload, committed]) }, { pollMs: MINUTE })

    await app.db.write((sql) => app.jobs.enqueue(sql, { kind: 'greet', payload: { to: 'ann' } }))
    committed = true

    expect(await ran.promise).toEqual([{ to: 'ann' }, true])
  })

  test('two workers share the work: every job runs once (C14)', async () => {
    const { enqueue, work } = await start()
    const ran: unknown[] = []
    const all = Promise.withResolvers<void>()
    const handlers: Record<string, Handler> = {
      greet: async (_, payload) => {
        if (ran.push((payload as { i: number }).i) >= 40) all.resolve()
      },
    }
    for (let i = 0; i < 40; i++) await enqueue({ kind: 'greet', payload: { i } })
    work(handlers)
    work(handlers)

    await all.promise

    expect(ran.sort((a, b) => Number(a) - Number(b))).toEqual([...Array(40).keys()])
  })

  test('a node that lacks the secret key leaves jobs as they are, and takes them up when it has it', async () => {
    const { app, enqueue } = await start()
    const ran: unknown[] = []
    const handlers: Record<string, Handler> = { greet: async (_, payload) => void ran.push(payload) }
    await enqueue({ kind: 'greet', payload: { to: 'ann' } })

    app.secrets.sealNothing('the database is on another key')
    await runDueJobs(app, handlers)
    const [waiting] = await readJobs(app)
    app.secrets.sealWith(app.secrets.fingerprint)
    await runDueJobs(app, handlers)

    expect(waiting?.attempts).toBe(0)
    expect(ran).toEqual([{ to: 'ann' }])
  })

  test('no more run at once than allowed', async () => {
    const { app, enqueue, work } = await start()
    let now = 0
    let most = 0
    let left = 12
    const all = Promise.withResolvers<void>()
    for (let i = 0; i < 12; i++) await enqueue({ kind: 'greet', payload: {} })

    work(
      {
        greet: async () => {
          most = Math.max(most, ++now)
          await app.db.read`select 1 as one`
          now--
          if (--left === 0) all.resolve()
        },
      },
      { concurrency: 3 },
    )
    await all.promise

    expect(most).toBe(3)
  })

  test('a handler that hangs is given up after its time, and tried again', async () => {
    const { app, enqueue } = await start()
    await enqueue({ kind: 'greet', payload: {} })
    const signals: AbortSignal[] = []
    const hang: Handler = (_, __, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }

    await runDueJobs(app, { greet: hang }, { timeLimitMs: 10, backoffMs: () => MINUTE })

    expect(signals[0]?.aborted).toBe(true)
    expect(await readJobs(app)).toMatchObject([
      { attempts: 1, last_error: expect.stringContaining('timed out') },
    ])
  })

  test('a worker that stops takes nothing new, and gives back what does not end in time', async () => {
    const { app, enqueue, work } = await start()
    const begun = Promise.withResolvers<void>()
    await enqueue({ kind: 'greet', payload: { to: 'ann' } })
    const worker = work({
      greet: () => {
        begun.resolve()
        return new Promise(() => {})
      },
    })
    await begun.promise

    await worker.stop(0)
    await enqueue({ kind: 'greet', payload: { to: 'bo' } })

    const ran: unknown[] = []
    await runDueJobs(app, { greet: async (_, payload, { attempt }) => void ran.push([payload, attempt]) })
    expect(ran).toEqual([
      [{ to: 'ann' }, 1],
      [{ to: 'bo' }, 1],
    ])
  })

  test('jobs of a kind that this node does not know are left for one that does', async () => {
    const { app, enqueue } = await start()
    await enqueue({ kind: 'unheard_of', payload: {} })

    await runDueJobs(app, { greet: async () => {} })

    expect(await readJobs(app)).toMatchObject([{ attempts: 0, done_at: null }])
  })

  test('jobs done more than a week ago are forgotten, others are not', async () => {
    const { app, time, enqueue, work } = await start()
    await enqueue({ kind: 'greet', payload: {} })
    await runDueJobs(app, { greet: async () => {} })
    time.now += 7 * 24 * 60 * MINUTE + 1
    await enqueue({ kind: 'wave', payload: {} })
    const ran = Promise.withResolvers<void>()

    const worker = work({ wave: async () => ran.resolve() })
    await ran.promise
    await worker.stop()

    expect(await readJobs(app)).toHaveLength(1)
  })
})
