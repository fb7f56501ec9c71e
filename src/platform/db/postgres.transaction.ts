import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { Sql } from './db.ts'
import { codeOf, misuse, unavailable } from './failure.ts'
import { leadAll, partsOf, share, sizeOf } from './joint.ts'
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
  log?: Log | undefined
  /** Told of what is committed. */
  meter?: DbMeter | undefined
}

/**
 * Runs the writes in one transaction, a savepoint for each when there are several, and settles them in their
 * order after COMMIT. False when they are lost: refused, or of unknown outcome. Never rejects.
 */
export async function transact(place: Place, batch: readonly Write[]): Promise<boolean> {
  const until = (batch[0]?.askedAt ?? 0) + place.answerMs
  try {
    const connection = await place.pool.take(place.use, until)
    try {
      await carryOut(place, connection, leadAll(batch))
    } finally {
      place.pool.give(connection)
    }
  } catch (error) {
    for (const write of batch) {
      fail(write, unavailable())
      write.reject(unavailable())
    }
    // The pool's own "no" is counted and logged by whoever asked.
    if (error instanceof Refusal) return false
    place.meter?.lost()
    place.log?.error({ code: codeOf(error), err: error }, 'database: a batch of writes is lost')
    return false
  }
  for (const write of batch) settle(write)
  return true
}

/** Throws when all is lost; else each has its outcome. */
async function carryOut(place: Place, connection: Connection, leaders: readonly Write[]): Promise<void> {
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
function runWrite(write: Write, { query }: Transaction): Promise<void> {
  const end = Promise.withResolvers<void>()
  const finish = () => {
    write.running = false
    end.resolve()
  }
  const sql = sqlOf(write, query, () => {
    fail(write, misuse(FOREIGN))
    finish()
  })
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
function sqlOf(write: Write, query: Run, abandon: () => void): Sql {
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
  return sqlOver(run)
}
