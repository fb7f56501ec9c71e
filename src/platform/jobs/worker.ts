import type { App } from '../context.ts'
import { createBell } from './bell.ts'
import { fullJitter, type Handlers, type Patience, runJob } from './run.ts'
import { buryLost, type Claimed, claimJobs, isAnyDue, purgeDone } from './sql.ts'

export interface WorkerOptions extends Patience {
  /** Jobs at once: a slow mail server holds up this many, not the node. */
  concurrency: number
  pollMs: number
}

export interface Worker {
  /** Something was enqueued and will be committed in a moment. Cheap, and safe inside a write. */
  poke(): void
  start(): void
  /** Takes nothing new; what runs has `graceMs` to end, then it is given back for another node or the next start. */
  stop(graceMs?: number): Promise<void>
}

const USUAL: WorkerOptions = {
  timeLimitMs: 60_000,
  maxAttempts: 15,
  backoffMs: fullJitter,
  concurrency: 4,
  pollMs: 2_000,
}

/** A result that comes later than the time limit and this much is another holder's to give. */
const LEASE_MARGIN_MS = 30_000
const KEEP_DONE_MS = 7 * 24 * 3_600_000
const PURGE_EVERY_MS = 3_600_000
/** After a poke: the commit it announces takes a moment. */
const HURRIED_MS = [2, 10, 50, 250]

/** Runs what is due, a few at once, as long as it is started. A job that fails waits; the others pass it. */
export function createWorker(app: App, handlers: Handlers, options: Partial<WorkerOptions> = {}): Worker {
  const how = { ...USUAL, ...options }
  const bell = createBell()
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let hurry: number[] = []
  let stopped = false
  let loop: Promise<void> | undefined

  const begin = (job: Claimed) => {
    const run = runJob(job, { app, handlers, how, stop: stopping.signal }).finally(() => {
      running.delete(run)
      bell.ring()
    })
    running.add(run)
  }

  const work = async () => {
    let purgeAt = 0
    while (!stopped) {
      bell.answer()
      const found = await claimDue(app, handlers, how, how.concurrency - running.size)
      for (const job of found) begin(job)
      if (found.length > 0) continue
      if (app.clock.now() >= purgeAt && !(await purge(app))) purgeAt = app.clock.now() + PURGE_EVERY_MS
      await bell.wait(hurry.shift() ?? how.pollMs)
    }
  }

  return {
    poke() {
      hurry = [...HURRIED_MS]
      bell.ring()
    },
    start() {
      loop ??= work()
    },
    async stop(graceMs = 5_000) {
      stopped = true
      bell.ring()
      await loop
      const grace = setTimeout(() => stopping.abort(), graceMs)
      await Promise.all(running)
      clearTimeout(grace)
    },
  }
}

/** Claims and runs all that is due, and all that this makes due, until nothing is. For tests and one-off commands. */
export async function runDueJobs(
  app: App,
  handlers: Handlers,
  options: Partial<WorkerOptions> = {},
): Promise<void> {
  const how = { ...USUAL, ...options }
  const crew = { app, handlers, how, stop: new AbortController().signal }
  for (;;) {
    const found = await claimDue(app, handlers, how, how.concurrency)
    if (found.length === 0) return
    await Promise.all(found.map((job) => runJob(job, crew)))
  }
}

/**
 * Looks by a read first: an idle node writes nothing. A database that does not answer is asked again at the next look.
 * A node that lacks the secret key leaves all jobs to those that can open them.
 */
async function claimDue(app: App, handlers: Handlers, how: WorkerOptions, limit: number): Promise<Claimed[]> {
  if (limit <= 0 || app.secrets.trouble !== null) return []
  const kinds = Object.keys(handlers)
  const leaseMs = how.timeLimitMs + LEASE_MARGIN_MS
  const now = app.clock.now()
  try {
    if (!(await isAnyDue(app.db.read, kinds, now))) return []
    return await app.db.write(async (sql) => {
      await buryLost(sql, how.maxAttempts, now)
      return claimJobs(sql, { kinds, limit, leaseMs }, now)
    })
  } catch (error) {
    app.log.warn({ reason: (error as { code?: string }).code }, 'jobs cannot be claimed')
    return []
  }
}

/** Whether there is more to purge. */
async function purge(app: App): Promise<boolean> {
  try {
    return (await app.db.write((sql) => purgeDone(sql, app.clock.now() - KEEP_DONE_MS))) > 0
  } catch {
    return false
  }
}
