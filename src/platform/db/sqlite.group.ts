import type { Database } from 'bun:sqlite'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { Joint, Sql } from './db.ts'
import { codeOf, misuse, unavailable } from './failure.ts'
import { leadFrom, partsOf, share, sizeOf } from './joint.ts'
import type { TellLost } from './lost.ts'
import { isOutage, run, type Statements } from './sqlite.statements.ts'
import { openUndo, type Undo } from './sqlite.undo.ts'
import { list, NO_WORD, rows, spans } from './tag.ts'
import {
  FOREIGN,
  fail,
  isNested,
  NESTED,
  newJointWrite,
  newWrite,
  settle,
  start,
  type Write,
  whyDead,
} from './write.ts'

/** For the fault harness: it may end the process there, or throw what COMMIT would. */
export type Failpoint = (name: 'before_commit' | 'after_commit' | 'mid_group_commit') => void

export interface GroupOptions {
  tellLost: TellLost | undefined
  failpoint: Failpoint | undefined
  meter: DbMeter | undefined
  /** After a failed fsync nobody knows what is on disk: the process ends and recovers from the log. */
  onFatal: (error: unknown) => void
  onCommit: () => void
}

export interface Group {
  write(work: (sql: Sql) => Promise<unknown>): Promise<unknown>
  /** A write that changes something also by other ways than its `sql`. */
  writeScripts(work: (sql: Sql) => Promise<unknown>): Promise<unknown>
  writeJointly(joint: Joint<unknown, unknown>, input: unknown, turn: string): Promise<unknown>
  /** Settles when everything asked for before it has settled. New writes are refused. */
  close(): Promise<void>
}

interface State {
  readonly connection: Database
  readonly statements: Statements
  readonly options: GroupOptions
  readonly steps: ReturnType<typeof prepareSteps>
  readonly undo: Undo
  waiting: Write[]
  /** How many of `waiting` are in the open transaction. */
  taken: number
  current: Write | null
  /** The parts of a joint that failed, each still to be carried out by itself. */
  apart: Write[]
  beganAt: number
  scheduled: boolean
  /** How many were asked for while the last batch ran, itself included: as many are likely to come again. */
  expected: number
  /** Set while a batch waits for them. */
  gathering: Timer | null
  /** Why the open transaction is gone, or null. */
  lost: unknown
  closed: PromiseWithResolvers<void> | null
}

const MOST_WRITES = 64
const LONGEST_MS = 4
/** Of a joint: the time is looked at between works, and the largest messages take a third of a millisecond each. */
const MOST_TOGETHER = 16
/** Who has just been answered asks again within it. One who writes alone never waits. */
const GATHER_MS = 1
const DONE = Promise.resolve()

/**
 * Group commit: one transaction and one fsync for the writes that wait, strictly one after another (a failed one is
 * taken out by what came before it, which must be complete). From `begin` to `commit` is one turn of the event loop:
 * statements answer at once, so a write that has not settled by the next turn awaited something foreign.
 */
export function openGroup(connection: Database, statements: Statements, options: GroupOptions): Group {
  const steps = prepareSteps(connection)
  const state: State = {
    connection,
    statements,
    options,
    steps,
    undo: openUndo(connection),
    waiting: [],
    taken: 0,
    current: null,
    apart: [],
    beganAt: 0,
    scheduled: false,
    expected: 0,
    gathering: null,
    lost: null,
    closed: null,
  }
  return {
    write: (work) => ask(state, newWrite(work)),
    writeJointly: (joint, input, turn) => ask(state, newJointWrite(joint, input, turn)),
    writeScripts: (work) => ask(state, { ...newWrite(work), runsScripts: true }),
    async close() {
      state.closed ??= Promise.withResolvers<void>()
      if (state.waiting.length === 0) state.closed.resolve()
      await state.closed.promise
      for (const step of Object.values(steps)) step.finalize()
      state.undo.close()
    },
  }
}

const prepareSteps = (connection: Database) => ({
  begin: connection.prepare('begin immediate'),
  commit: connection.prepare('commit'),
})

function ask(state: State, write: Write): Promise<unknown> {
  if (isNested()) return Promise.reject(misuse(NESTED))
  if (state.closed !== null) return Promise.reject(unavailable())
  state.waiting.push(write)
  schedule(state)
  return write.promise
}

/** A batch that goes at once halves itself: one half is written while the other, just answered, asks again. */
function schedule(state: State): void {
  const isEnough = state.waiting.length >= state.expected
  if (!state.scheduled) {
    state.scheduled = true
    if (isEnough) setImmediate(begin, state)
    else state.gathering = setTimeout(begin, GATHER_MS, state)
  } else if (isEnough && state.gathering !== null) {
    clearTimeout(state.gathering)
    state.gathering = null
    setImmediate(begin, state)
  }
}

function begin(state: State): void {
  state.gathering = null
  state.lost = null
  state.beganAt = performance.now()
  try {
    state.steps.begin.run()
    state.undo.startBatch()
  } catch (error) {
    state.taken = Math.min(state.waiting.length, MOST_WRITES)
    lose(state, error)
    end(state)
    return
  }
  setImmediate(watch, state)
  next(state)
}

function next(state: State): void {
  const write = state.apart.shift() ?? take(state)
  if (write === undefined) {
    commit(state)
    return
  }
  state.current = write
  try {
    state.undo.enter(write.runsScripts)
  } catch (error) {
    fail(write, error)
    lose(state, error)
    afterWork(state, write)
    return
  }
  start(write, sqlOf(state, write)).then(
    (value) => {
      if (!write.failed) write.outcome = value
      if (state.current === write) afterWork(state, write)
    },
    (error) => {
      fail(write, error)
      if (state.current === write) afterWork(state, write)
    },
  )
}

function take(state: State): Write | undefined {
  if (isFull(state)) return undefined
  const write = leadFrom(state.waiting, state.taken, Math.min(MOST_TOGETHER, MOST_WRITES - state.taken))
  if (write !== undefined) state.taken += sizeOf(write)
  return write
}

function isFull(state: State): boolean {
  if (state.taken === 0) return false
  return state.taken >= MOST_WRITES || performance.now() - state.beganAt > LONGEST_MS
}

/** The tag of one write. A statement's error ends its write on both engines, so it does here too. */
function sqlOf(state: State, write: Write): Sql {
  const sql = (strings: TemplateStringsArray, ...values: Parameters<Statements['all']>[1]) => {
    const dead = whyDead(write)
    if (dead !== null) return Promise.reject(dead)
    try {
      const asked = state.statements.find(strings, values)
      if (!asked.prepared.isRead) state.undo.remember(asked)
      return Promise.resolve(run(asked))
    } catch (error) {
      fail(write, isOutage(error) ? unavailable() : error)
      if (!state.connection.inTransaction) lose(state, error)
      return Promise.reject(write.outcome)
    }
  }
  const alone = <T>(answer: T | Promise<T>): Promise<T> => {
    const dead = whyDead(write)
    return dead === null ? Promise.resolve(answer) : Promise.reject(dead)
  }
  const hold = (_: 'chats', ids: readonly string[]) => alone(new Set(ids))
  return Object.assign(sql, { list, rows, spans, skipLocked: NO_WORD, lock: () => alone(DONE), hold }) as Sql
}

function afterWork(state: State, write: Write): void {
  state.current = null
  write.running = false
  if (state.lost === null) {
    try {
      state.undo.leave(write.failed)
    } catch (error) {
      fail(write, error)
      lose(state, error)
    }
  }
  if (state.lost !== null) {
    end(state)
    return
  }
  const parts = partsOf(write)
  if (parts === null) share(write)
  else state.apart = parts
  if (state.options.failpoint !== undefined && state.taken < state.waiting.length) {
    state.options.failpoint('mid_group_commit')
  }
  next(state)
}

/** Every microtask has run by now: a write that is still there awaited something else than its statements. */
function watch(state: State): void {
  const stuck = state.current
  if (stuck === null) return
  setImmediate(watch, state)
  fail(stuck, misuse(FOREIGN))
  afterWork(state, stuck)
}

function commit(state: State): void {
  try {
    state.options.failpoint?.('before_commit')
    const commitBegan = performance.now()
    state.steps.commit.run()
    state.options.meter?.committed(state.taken, state.beganAt, commitBegan)
    state.options.failpoint?.('after_commit')
  } catch (error) {
    lose(state, error)
  }
  end(state)
}

/** The whole transaction is gone: a full disk or an I/O error ends it. */
function lose(state: State, error: unknown): void {
  if (state.lost !== null) return
  state.lost = error
  state.options.meter?.lost()
  state.options.tellLost?.(error)
  try {
    if (state.connection.inTransaction) state.connection.run('rollback')
  } catch {
    // The engine has rolled back by itself; what is left of it shows at the next `begin`.
  }
  if (!isFatal(error)) return
  state.closed ??= Promise.withResolvers<void>()
  state.options.onFatal(error)
}

/** In batch order and in one go: what callers tell next follows the order of the commit. */
function end(state: State): void {
  state.expected = Math.min(state.waiting.length, MOST_WRITES)
  const batch = state.waiting.slice(0, state.taken)
  state.waiting = state.waiting.slice(state.taken)
  state.taken = 0
  state.apart = []
  state.scheduled = false
  for (const write of batch) {
    if (state.lost === null) settle(write)
    else write.reject(unavailable())
  }
  if (state.lost === null) state.options.onCommit()
  if (state.waiting.length > 0) schedule(state)
  else state.closed?.resolve()
}

/** Data that the kernel failed to write may be dropped from its cache and reported clean the next time. */
const isFatal = (error: unknown) => /^SQLITE_IOERR_(DIR_)?FSYNC/.test(codeOf(error))
