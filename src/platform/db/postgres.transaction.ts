import { Refusal } from '../errors.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import { misuse, unavailable } from './failure.ts'
import { heldOf, leadAcross, leadAll, partsOf, share, sizeOf } from './joint.ts'
import type { TellLost } from './lost.ts'
import type { Connection } from './postgres.connection.ts'
import { isOutage } from './postgres.errors.ts'
import type { Pool, Use } from './postgres.pool.ts'
import { type Run, sqlOver } from './postgres.statements.ts'
import { FOREIGN, fail, settle, start, type Write, whyDead } from './write.ts'

export interface Place {
  pool: Pool
  use: Use
  /** How long after it was asked for a write is answered at the latest. */
  answerMs: number
  /** What follows `begin`. */
  mode?: string
  tellLost?: TellLost | undefined
  /** Told of what is committed. */
  meter?: DbMeter | undefined
}

/**
 * Runs the writes in one transaction, a savepoint for each when there are several, and settles them in their
 * order after COMMIT. False when they are lost: refused, or of unknown outcome. Never rejects.
 */
export const transact = async (place: Place, batch: readonly Write[]): Promise<boolean> =>
  (await settleAll(place, batch, (connection) => carryOut(place, connection, leadAll(batch)))) !== null

/**
 * The same for joint writes of several turns, of which none may wait for what one needs alone. Answers with those that
 * are still to be carried out, each turn by itself; null when they are lost.
 */
export const transactTogether = (place: Place, batch: readonly Write[]): Promise<readonly Write[] | null> =>
  settleAll(place, batch, (connection) => carryTogether(place, connection, batch))

/** `work` answers with those that it has not carried out, and throws when all are lost. */
async function settleAll(
  { pool, use, answerMs, meter, tellLost }: Place,
  batch: readonly Write[],
  work: (connection: Connection) => Promise<readonly Write[]>,
): Promise<readonly Write[] | null> {
  try {
    const connection = await pool.take(use, (batch[0]?.askedAt ?? 0) + answerMs)
    const left = await work(connection).finally(() => pool.give(connection))
    for (const write of batch) if (!left.includes(write)) settle(write)
    return left
  } catch (error) {
    for (const write of batch) {
      fail(write, unavailable())
      write.reject(unavailable())
    }
    // The pool's own "no": there is nothing to tell of it but that it was said.
    if (error instanceof Refusal) return null
    meter?.lost()
    tellLost?.(error)
    return null
  }
}

const NONE: readonly Write[] = []

/** Throws when all is lost; else each has its outcome. */
async function carryOut(
  place: Place,
  connection: Connection,
  leaders: readonly Write[],
): Promise<readonly Write[]> {
  const [only] = leaders
  const alone = leaders.length === 1 && only !== undefined ? only : null
  const carried: Write[] = []
  const began = performance.now()
  try {
    const transaction = begin(connection, place.mode)
    if (alone !== null) await runWrite(alone, transaction)
    else for (const write of leaders) carried.push(...(await runBetweenSavepoints(write, transaction)))
    if (alone?.failed && isOutage(alone.cause)) throw alone.cause
    await transaction.begun
    if (alone?.failed) await connection.run('rollback')
    else
      await commit(place, connection, { began, writes: leaders.reduce((sum, one) => sum + sizeOf(one), 0) })
  } catch (error) {
    // Whatever is open there must not go on under somebody else.
    await connection.run('rollback').catch(connection.drop)
    throw error
  }
  const parts = alone === null ? null : partsOf(alone)
  if (parts !== null) return carryOut(place, connection, parts)
  for (const write of alone === null ? carried : [alone]) share(write)
  return NONE
}

/** What nobody else holds is there at once; where a statement waits all the same, all would wait for one. */
const IN_A_HURRY = '; set local lock_timeout = 250'

async function carryTogether(
  place: Place,
  connection: Connection,
  batch: readonly Write[],
): Promise<readonly Write[]> {
  const leader = leadAcross(batch)
  const began = performance.now()
  try {
    const transaction = begin(connection, IN_A_HURRY)
    await runWrite(leader, transaction, true)
    if (leader.failed || heldOf(leader).length === batch.length) {
      await connection.run('rollback')
      return batch
    }
    await transaction.begun
    await commit(place, connection, { began, writes: batch.length - heldOf(leader).length })
  } catch (error) {
    await connection.run('rollback').catch(connection.drop)
    throw error
  }
  share(leader)
  return heldOf(leader)
}

async function commit(
  { meter }: Place,
  connection: Connection,
  { began, writes }: { began: number; writes: number },
): Promise<void> {
  const commitBegan = performance.now()
  // Where a statement failed that nobody heard of, the server says ROLLBACK.
  const answer = await connection.run('commit')
  if (answer !== 'COMMIT') throw new Error(`database: COMMIT was answered by ${answer}`)
  meter?.committed(writes, began, commitBegan)
}

interface Transaction {
  begun: Promise<unknown>
  query: Run
  run(script: string): Promise<unknown>
}

/**
 * `begin` is sent together with what is asked first. A change waits for its answer, for if it were refused the change
 * would stand without a transaction; locks and other reads do not matter then.
 */
function begin(connection: Connection, mode = ''): Transaction {
  const begun = connection.run(`begin ${mode}`)
  let isOpen = false
  let isHeld = false
  begun.then(
    () => {
      isOpen = true
    },
    () => {
      // Told to whoever awaits `begun`.
    },
  )
  return {
    begun,
    async query(text, values) {
      if (!isOpen && (isHeld || !READ.test(text))) {
        isHeld = true
        await begun
      }
      return connection.query(text, values)
    },
    run: async (script) => {
      await begun
      return connection.run(script)
    },
  }
}

const READ = /^\s*select\b/i

/**
 * A refused write leaves the others alone; a server that is gone or does not answer in time does not. Answers with what
 * was carried out: the write, or the parts of a joint that failed.
 */
async function runBetweenSavepoints(write: Write, transaction: Transaction): Promise<Write[]> {
  await transaction.run('savepoint own')
  await runWrite(write, transaction)
  if (!write.failed) return [write]
  if (isOutage(write.cause)) throw write.cause
  await transaction.run('rollback to own')
  const carried: Write[] = []
  for (const part of partsOf(write) ?? []) carried.push(...(await runBetweenSavepoints(part, transaction)))
  return carried.length > 0 ? carried : [write]
}

/** Settles when the write is done or has failed, with none of its statements under way. */
function runWrite(write: Write, { query }: Transaction, isShared = false): Promise<void> {
  const end = Promise.withResolvers<void>()
  const finish = () => {
    write.running = false
    end.resolve()
  }
  const abandon = () => {
    fail(write, misuse(FOREIGN))
    finish()
  }
  const sql = sqlOver(runFor(write, query, abandon), isShared)
  start(write, sql).then(
    (value) => {
      if (!write.failed) write.outcome = value
      finish()
    },
    (error) => {
      fail(write, error)
      finish()
    },
  )
  return end.promise
}

/** `abandon` is called when the write goes on while none of its statements does: it awaits something foreign. */
function runFor(write: Write, query: Run, abandon: () => void): Run {
  let open = 0
  let armed = false

  const watch = () => {
    if (armed || open > 0) return
    armed = true
    setImmediate(() => {
      armed = false
      if (open === 0 && write.running) abandon()
    })
  }

  const run: Run = async (text, values) => {
    const dead = whyDead(write)
    if (dead !== null) throw dead
    open++
    try {
      return await query(text, values)
    } catch (error) {
      write.cause ??= error
      fail(write, isOutage(error) ? unavailable() : error)
      throw write.outcome
    } finally {
      open--
      watch()
    }
  }
  watch()
  return run
}
