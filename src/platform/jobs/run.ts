import type { App } from '../context.ts'
import { readTrace, within } from '../trace.ts'
import { buryJob, type Claimed, finishJob, giveBackJob, retryJob } from './sql.ts'

export interface JobContext {
  jobId: string
  /** 1 for the first. From the second on the effect may have happened before. */
  attempt: number
  /** Aborted when the time limit is over or the node stops: the result no longer counts. */
  signal: AbortSignal
}

/** Resolves when the effect has happened; a rejection is tried again. Must bear being run twice. */
export type Handler = (app: App, payload: unknown, context: JobContext) => Promise<void>

export type Handlers = Readonly<Record<string, Handler>>

export interface Patience {
  timeLimitMs: number
  maxAttempts: number
  /** How long to wait after this attempt. */
  backoffMs(attempt: number): number
}

/** Full jitter: up to 15 s, 30 s, 1 min … 4 h. Many that fail together do not come back together. */
export const fullJitter = (attempt: number): number =>
  Math.floor(Math.random() * Math.min(4 * 3_600_000, 15_000 * 2 ** (attempt - 1)))

/** Who runs jobs, and how long they bear with them. */
export interface Crew {
  app: App
  handlers: Handlers
  how: Patience
  /** Aborted when the node must end: what still runs is given back. */
  stop: AbortSignal
}

/**
 * Runs one claimed job to its end and writes down how it went, as a part of the trace that caused it. Never rejects,
 * whatever the handler does.
 */
export const runJob = (job: Claimed, crew: Crew): Promise<void> =>
  within(readTrace(job.traceparent, null), () => carryOut(job, crew))

async function carryOut(job: Claimed, crew: Crew): Promise<void> {
  const error = await attempt(job, crew)
  try {
    await settle(job, crew, error)
  } catch (unwritten) {
    crew.app.log.warn(
      { ...names(job), reason: nameOf(unwritten) },
      'the end of a job was not written down: it will run again',
    )
  }
}

/** What went wrong, or null. */
async function attempt(job: Claimed, { app, handlers, how, stop }: Crew): Promise<unknown> {
  const signal = AbortSignal.any([AbortSignal.timeout(how.timeLimitMs), stop])
  const aborted = Promise.withResolvers<never>()
  const giveUp = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', giveUp)
  try {
    signal.throwIfAborted()
    const handler = handlers[job.kind] ?? noHandler
    const payload: unknown = JSON.parse(app.secrets.open(job.payload))
    const effect = handler(app, payload, { jobId: job.id, attempt: job.attempts, signal })
    await Promise.race([effect, aborted.promise])
    return null
  } catch (error) {
    return error ?? new Error('failed without a reason')
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Each of these counts only while our lease is on the row: a process that slept must not undo another's work. */
async function settle(job: Claimed, { app, how, stop }: Crew, error: unknown): Promise<void> {
  const now = app.clock.now()
  if (error === null) {
    const counted = await app.db.write((sql) => finishJob(sql, job, now))
    if (!counted) app.log.warn(names(job), 'job ended after its lease: it may run twice')
    return
  }
  if (stop.aborted) return app.db.write((sql) => giveBackJob(sql, job))

  const told = describe(error)
  const isLast = job.attempts >= how.maxAttempts
  app.log.warn({ ...names(job), reason: nameOf(error), dead: isLast }, 'job failed')
  await app.db.write((sql) =>
    isLast ? buryJob(sql, job, now, told) : retryJob(sql, job, now + how.backoffMs(job.attempts), told),
  )
}

const noHandler: Handler = () => Promise.reject(new Error('nothing here handles this kind'))

const names = ({ id, kind, attempts }: Claimed) => ({ job: id, kind, attempt: attempts })

/** For the row, where an operator reads it. Neither database takes a NUL or half a surrogate pair. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.toWellFormed().replaceAll('\0', '').slice(0, 500)
}

/** For the log: a message may quote an address, a code does not (S-66). */
function nameOf(error: unknown): string {
  const { code, responseCode, name } = (error ?? {}) as {
    code?: unknown
    responseCode?: unknown
    name?: unknown
  }
  return [code ?? name, responseCode].filter((part) => part !== undefined).join(' ')
}
