import { afterEach } from 'bun:test'
import type { App } from '../platform/context.ts'
import { createJobs, type NewJob } from '../platform/jobs/jobs.ts'
import type { Handler } from '../platform/jobs/run.ts'
import { createWorker, type Worker, type WorkerOptions } from '../platform/jobs/worker.ts'
import { createLog } from '../platform/log.ts'
import { createSecrets } from '../platform/secrets.ts'
import type { FreshDatabase } from './databases.ts'

export const MINUTE = 60_000

/** An App that can do no more than work through jobs, with a clock that stands still until it is moved. */
export interface JobGround {
  app: App
  time: { now: number }
  enqueue(job: NewJob): Promise<void>
  work(handlers: Record<string, Handler>, options?: Partial<WorkerOptions>): Worker
  close(): Promise<void>
}

export function openJobGround(database: FreshDatabase): JobGround {
  const time = { now: 1_700_000_000_000 }
  const clock = { now: () => time.now }
  const workers: Worker[] = []
  const secrets = createSecrets('a-secret-key-that-only-tests-have-0123456789')
  const poke = () => {
    for (const worker of workers) worker.poke()
  }
  const jobs = createJobs({ clock, secrets, poke })
  const app = { db: database.db, clock, jobs, secrets, log: createLog('silent') } as unknown as App

  return {
    app,
    time,
    enqueue: (job) => app.db.write((sql) => jobs.enqueue(sql, job)),
    work(handlers, options = {}) {
      const worker = createWorker(app, handlers, { pollMs: 5, ...options })
      workers.push(worker)
      worker.start()
      return worker
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop(0)))
      await database.close()
    },
  }
}

/** Grounds of one block of tests: each is closed after the test that started it. */
export function jobGrounds(fresh: () => Promise<FreshDatabase>): () => Promise<JobGround> {
  const grounds: JobGround[] = []
  afterEach(async () => {
    for (const ground of grounds.splice(0)) await ground.close()
  })
  return async () => {
    const ground = openJobGround(await fresh())
    grounds.push(ground)
    return ground
  }
}

export interface JobRow {
  id: string
  attempts: number
  last_error: string | null
  done_at: number | null
  payload: string
}

/** In the order in which they were enqueued. */
export const readJobs = (app: App) => app.db.read<JobRow>`
  select id, attempts, last_error, done_at, payload from jobs order by id`
