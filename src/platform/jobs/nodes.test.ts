import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshPostgres } from '../../testing/databases.ts'
import { type JobGround, MINUTE, openJobGround, readJobs } from '../../testing/jobGround.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { openPostgres } from '../db/db.postgres.ts'
import { listOpenJobs } from './open.ts'
import type { Handler } from './run.ts'
import { countDead } from './sql.ts'
import { runDueJobs } from './worker.ts'

if (hasPostgres) jobsOnNodes()

function jobsOnNodes(): void {
  const grounds: JobGround[] = []
  afterEach(async () => {
    for (const ground of grounds.splice(0)) await ground.close()
  })

  /** Two nodes with one database: each has its own connections and its own clock. */
  async function startTwo(): Promise<{ a: JobGround; b: JobGround; path: string }> {
    const fresh = await freshPostgres()
    const other = await openPostgres(fresh.path)
    const a = openJobGround(fresh)
    const b = openJobGround({ db: other, path: fresh.path, close: () => other.close() })
    grounds.push(b, a)
    return { a, b, path: fresh.path }
  }

  test('workers of two nodes share the work: every job is claimed once, and poison holds up none of it (C14)', async () => {
    const { a, b } = await startTwo()
    const ran: number[] = []
    const all = Promise.withResolvers<void>()
    const handlers: Record<string, Handler> = {
      greet: async (_, payload, { attempt }) => {
        if (attempt > 1) all.reject(new Error('claimed twice'))
        if (ran.push((payload as { i: number }).i) === 120) all.resolve()
      },
      poison: () => Promise.reject(new Error('bad')),
    }
    for (let i = 0; i < 120; i++) {
      if (i % 10 === 0) await a.enqueue({ kind: 'poison', payload: {} })
      await a.enqueue({ kind: 'greet', payload: { i } })
    }
    const workers = [a, a, b, b].map((ground) =>
      ground.work(handlers, { maxAttempts: 2, backoffMs: () => 0 }),
    )

    await all.promise
    for (const worker of workers) await worker.stop()

    expect(ran.toSorted((x, y) => x - y)).toEqual([...Array(120).keys()])
    expect(await listOpenJobs(a.app, 99)).not.toContainEqual(expect.objectContaining({ kind: 'greet' }))
  })

  test('a job that another node is just claiming is passed over: nobody waits for it (C14)', async () => {
    const { a, path } = await startTwo()
    for (let i = 0; i < 6; i++) await a.enqueue({ kind: 'greet', payload: { i } })
    const [first] = await readJobs(a.app)
    const { default: connect } = await import('postgres')
    const outside = connect(path, { max: 1 })
    const held = await outside.reserve()
    await held.unsafe(`begin; select 1 from jobs where id = '${first?.id}' for update`)
    const ran: unknown[] = []

    await runDueJobs(a.app, { greet: async (_, payload) => void ran.push((payload as { i: number }).i) })

    expect(ran.toSorted()).toEqual([1, 2, 3, 4, 5])
    await held.unsafe('rollback')
    held.release()
    await outside.end()
  })

  test('what is enqueued on one node runs on another at its next look', async () => {
    const { a, b } = await startTwo()
    const ran = Promise.withResolvers<unknown>()
    b.work({ greet: async (_, payload) => ran.resolve(payload) }, { pollMs: 5 })

    await a.enqueue({ kind: 'greet', payload: { to: 'ann' } })

    expect(await ran.promise).toEqual({ to: 'ann' })
  })

  test('a node that slept through its lease cannot end the job: it is the next one that counts (F05)', async () => {
    const { a, b } = await startTwo()
    await a.enqueue({ kind: 'greet', payload: {} })
    const begun = Promise.withResolvers<void>()
    const wake = Promise.withResolvers<void>()
    const sleeper = runDueJobs(a.app, {
      greet: () => {
        begun.resolve()
        return wake.promise
      },
    })
    await begun.promise
    const attempts: number[] = []
    const again: Handler = async (_, __, { attempt }) => void attempts.push(attempt)
    await runDueJobs(b.app, { greet: again })
    expect(attempts).toEqual([])

    b.time.now += 10 * MINUTE
    await runDueJobs(b.app, { greet: again })
    const [done] = await readJobs(b.app)
    wake.reject(new Error('woken too late'))
    await sleeper

    expect(attempts).toEqual([2])
    expect(done?.done_at).toBe(b.time.now)
    expect(await readJobs(b.app)).toEqual([done!])
  })

  test('a job whose node is killed in the middle of it is delivered again, and says so by its attempt (F37)', async () => {
    const { a, path } = await startTwo()
    await a.enqueue({ kind: 'greet', payload: { to: 'ann' } })
    await a.enqueue({ kind: 'poison', payload: {} })
    const child = Bun.spawn([process.execPath, join(import.meta.dir, 'contract.dying.ts'), path], {
      stdout: 'inherit',
      stderr: 'inherit',
    })
    await child.exited
    expect(child.signalCode).toBe('SIGKILL')
    const ran: unknown[] = []
    const handlers: Record<string, Handler> = {
      greet: async (_, payload, { attempt }) => void ran.push([payload, attempt]),
      poison: () => Promise.reject(new Error('bad')),
    }
    await runDueJobs(a.app, handlers, { maxAttempts: 1, backoffMs: () => MINUTE })
    expect(ran).toEqual([])

    a.time.now += 10 * MINUTE
    await runDueJobs(a.app, handlers, { maxAttempts: 3 })

    expect(ran).toEqual([[{ to: 'ann' }, 2]])
    expect(await countDead(a.app.db.read)).toBe(1)
  })
}
