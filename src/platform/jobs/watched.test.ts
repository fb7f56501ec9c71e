import { describe, expect, test } from 'bun:test'
import { engines } from '../../testing/engines.ts'
import { jobGrounds, MINUTE } from '../../testing/jobGround.ts'
import { readTrace, traceNow, within } from '../trace.ts'
import { countJobs } from './count.ts'
import { claimJobs } from './sql.ts'
import { runDueJobs } from './worker.ts'

describe.each(engines)('jobs on %s, watched', (_, fresh) => {
  const start = jobGrounds(fresh)

  test('a job belongs to the trace of the request that caused it, as a piece of its own', async () => {
    const { app, enqueue } = await start()
    const trace = readTrace(`00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, 'a-request')
    const seen: unknown[] = []
    await within(trace, () => enqueue({ kind: 'greet', payload: {} }))

    await runDueJobs(app, { greet: async () => void seen.push(traceNow()) })

    expect(seen).toMatchObject([{ traceId: trace.traceId, flags: '01', requestId: null }])
    expect(seen).not.toMatchObject([{ spanId: trace.spanId }])
  })

  test('a job that nobody asked for begins a trace', async () => {
    const { app, enqueue } = await start()
    const seen: unknown[] = []
    await enqueue({ kind: 'greet', payload: {} })

    await runDueJobs(app, { greet: async () => void seen.push(traceNow()?.traceId) })

    expect(seen).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  })

  test('open jobs are counted by kind, with how long the oldest has been due', async () => {
    const { app, time, enqueue } = await start()
    const fail = async () => Promise.reject(new Error('no'))
    await enqueue({ kind: 'dead', payload: {} })
    await runDueJobs(app, { dead: fail }, { maxAttempts: 1 })
    await enqueue({ kind: 'done', payload: {} })
    await runDueJobs(app, { done: async () => {} })
    await enqueue({ kind: 'mail', payload: {} })
    await enqueue({ kind: 'mail', payload: {}, runAt: time.now + 5 * MINUTE })
    await enqueue({ kind: 'slow', payload: {} })
    await app.db.write((sql) => claimJobs(sql, { kinds: ['slow'], limit: 1, leaseMs: 9 * MINUTE }, time.now))
    time.now += MINUTE

    expect(await countJobs(app.db.read, time.now)).toEqual([
      { kind: 'dead', queued: 0, running: 0, dead: 1, oldestAgeSeconds: 0 },
      { kind: 'mail', queued: 2, running: 0, dead: 0, oldestAgeSeconds: 60 },
      { kind: 'slow', queued: 0, running: 1, dead: 0, oldestAgeSeconds: 0 },
    ])
  })
})
