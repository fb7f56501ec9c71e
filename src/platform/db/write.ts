import { AsyncLocalStorage } from 'node:async_hooks'
import type { Joint, Sql } from './db.ts'
import { misuse } from './failure.ts'

/** One `db.write`, from the call to the moment its promise settles. */
export interface Write {
  readonly work: (sql: Sql) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly promise: Promise<unknown>
  /** By `performance.now()`. */
  readonly askedAt: number
  /** It changes something also by other ways than its `sql`. */
  readonly runsScripts: boolean
  /** What it may share its work with. */
  readonly asked: JointInput | null
  /** Those that this one carries out. */
  readonly members: readonly Write[] | null
  /** While false its `sql` is dead. */
  running: boolean
  failed: boolean
  /** The error when it failed, its answer when it did not. */
  outcome: unknown
  /** What the engine said, when `outcome` is the refusal made of it. */
  cause: unknown
}

interface JointInput {
  joint: Joint<unknown, unknown>
  input: unknown
  turn: string
}

const inside = new AsyncLocalStorage<Write>()

export function newWrite(work: Write['work'], asked: JointInput | null = null): Write {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  return {
    work,
    resolve,
    reject,
    promise,
    askedAt: performance.now(),
    runsScripts: false,
    asked,
    members: null,
    running: false,
    failed: false,
    outcome: undefined,
    cause: undefined,
  }
}

/** One that is carried out by what leads it: `joint.ts`. */
export const newJointWrite = <I, O>(joint: Joint<I, O>, input: I, turn: string): Write =>
  newWrite(refuseAlone, { joint: joint as Joint<unknown, unknown>, input, turn })

const refuseAlone = () => Promise.reject(misuse('a joint write is carried out by what leads it'))

/** Is the caller itself part of a write that still runs? It would wait for itself. */
export const isNested = () => inside.getStore()?.running === true

/** Starts the work and marks everything it calls as being inside of this write. */
export function start(write: Write, sql: Sql): Promise<unknown> {
  write.running = true
  try {
    return inside.run(write, write.work, sql)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** The first error stays: what follows it is only its echo. */
export function fail(write: Write, error: unknown): void {
  if (write.failed) return
  write.failed = true
  write.outcome = error
}

export function settle(write: Write): void {
  if (write.failed) write.reject(write.outcome)
  else write.resolve(write.outcome)
}

/** Why this write's `sql` may not be used now, or null. After an error a transaction is over on both engines. */
export function whyDead(write: Write): unknown {
  if (write.failed) return write.outcome
  return write.running ? null : misuse('this sql belongs to a write that has settled')
}

export const FOREIGN = 'a write awaited something other than its own sql, and was rolled back'
export const NESTED = 'a write inside a write'
