import type { Database } from 'bun:sqlite'
import type { Log } from '../log.ts'
import { codeOf } from './failure.ts'

export interface Checkpoints {
  /** To be called after every commit, outside of a transaction. Cheap. */
  committed(): void
  close(): Promise<void>
}

export interface CheckpointTimes {
  lookMs: number
  idleMs: number
  restMs: number
}

const TIMES: CheckpointTimes = { lookMs: 250, idleMs: 1000, restMs: 30_000 }
/** Pages of 4 KB that only the log has: from here the thread is worth its memory (about 14 MB). */
const MUCH = 1000
/** What the writer copies by itself, 1 MB and one fsync: it holds up the loop hardly longer than a commit does. */
const FEW = 250
/** Pages in the log, copied or not: from here the writer copies the last few itself, so that the log starts anew. */
const LONG = 4000
/** How often the thread goes over a long log at once until only a few are left. */
const PASSES = 4
/** 256 MB: the thread cannot keep up, and a pause is better than a full disk. */
const TOO_LONG = 65_536

interface State {
  readonly path: string
  readonly connection: Database
  readonly log: Log | undefined
  readonly times: CheckpointTimes
  worker: Worker | null
  /** Set while the thread copies. */
  busy: PromiseWithResolvers<void> | null
  /** How often in a row it has copied a long log. */
  passes: number
  broken: boolean
  lookedAt: number
  committedAt: number
  timer: Timer | null
}

/**
 * Keeps the log short without stalling sends. The writer copies a few pages at most, and truncates the log when nobody
 * writes; more is copied by a thread (PASSIVE never waits for the writer, nor the writer for it).
 */
export function openCheckpoints(
  path: string,
  connection: Database,
  options: { log?: Log | undefined; times?: CheckpointTimes } = {},
): Checkpoints {
  connection.run('pragma wal_autocheckpoint = 0')
  const state: State = {
    path,
    connection,
    log: options.log,
    times: options.times ?? TIMES,
    worker: null,
    busy: null,
    passes: 0,
    broken: false,
    lookedAt: 0,
    committedAt: 0,
    timer: null,
  }
  return { committed: () => committed(state), close: () => close(state) }
}

function committed(state: State): void {
  const now = performance.now()
  state.committedAt = now
  if (state.timer === null) rearm(state, state.times.idleMs)
  if (now - state.lookedAt < state.times.lookMs) return
  state.lookedAt = now
  if (frames(state).left >= MUCH) copy(state)
}

/** How long the log is, and how much of it the database does not have yet. NOOP looks and touches nothing. */
function frames(state: State): { length: number; left: number } {
  const row = state.connection.query('pragma wal_checkpoint(noop)').get() as Record<string, number>
  const length = row.log ?? 0
  return { length, left: length - (row.checkpointed ?? 0) }
}

function copy(state: State): void {
  if (state.busy !== null) return
  if (state.broken) {
    checkpoint(state, 'passive')
    return
  }
  state.busy = Promise.withResolvers()
  state.worker ??= startWorker(state)
  state.worker.postMessage(state.path)
}

function startWorker(state: State): Worker {
  const worker = new Worker(workerAddress(), { smol: true, ref: false })
  worker.onmessage = () => copied(state)
  worker.onerror = (event) => {
    // The database needs checkpoints more than it needs them elsewhere: from now on the writer makes them.
    state.log?.warn({ reason: event.message }, 'database: no thread for checkpoints')
    state.broken = true
    state.worker = null
    copied(state)
  }
  return worker
}

/** Under `root: src` of the build; beside this file otherwise. */
const workerAddress = () =>
  Bun.isStandaloneExecutable
    ? './platform/db/checkpoint.worker.ts'
    : new URL('./checkpoint.worker.ts', import.meta.url).href

/**
 * Under a steady load the thread is never quite done, and the log would never start anew. Each pass leaves less than
 * the one before, until the rest is the writer's.
 */
function copied(state: State): void {
  state.busy?.resolve()
  state.busy = null
  if (state.connection.inTransaction) return
  const { length, left } = frames(state)
  state.passes = length < LONG ? 0 : state.passes + 1
  if (length >= TOO_LONG || (length >= LONG && left <= FEW)) checkpoint(state, 'passive')
  else if (state.passes > 0 && state.passes % PASSES > 0) copy(state)
}

function rearm(state: State, ms: number): void {
  state.timer = setTimeout(quiet, ms, state)
  state.timer.unref()
}

/** Nobody has written for a while: the log is emptied, later the thread is given up. */
function quiet(state: State): void {
  state.timer = null
  const idle = performance.now() - state.committedAt
  if (idle < state.times.idleMs || state.busy !== null) {
    rearm(state, state.times.idleMs)
    return
  }
  const { length, left } = frames(state)
  if (left > FEW && !state.broken) {
    copy(state)
    rearm(state, state.times.idleMs)
    return
  }
  if (length > 0) checkpoint(state, 'truncate')
  if (state.worker === null) return
  if (idle < state.times.restMs) rearm(state, state.times.restMs - idle)
  else dismiss(state)
}

function checkpoint(state: State, mode: 'passive' | 'truncate'): void {
  const { timeout } = state.connection.query('pragma busy_timeout').get() as { timeout: number }
  try {
    // A reader that stays, such as a backup, would be waited for, and everybody with it.
    state.connection.run('pragma busy_timeout = 0')
    state.connection.run(`pragma wal_checkpoint(${mode})`)
  } catch (error) {
    // Another reader holds the log, or the disk is full: commits tell the latter, the next look repeats the former.
    state.log?.warn({ code: codeOf(error) }, `database: checkpoint (${mode}) failed`)
  } finally {
    state.connection.run(`pragma busy_timeout = ${timeout}`)
  }
}

function dismiss(state: State): void {
  state.worker?.terminate()
  state.worker = null
}

async function close(state: State): Promise<void> {
  if (state.timer !== null) clearTimeout(state.timer)
  await state.busy?.promise
  dismiss(state)
}
