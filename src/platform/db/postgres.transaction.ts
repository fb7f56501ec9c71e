import type { TransactionSql } from 'postgres'
import type { Log } from '../log.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { Sql, Value } from './db.ts'
import { codeOf, misuse, unavailable } from './failure.ts'
import { leadAll, partsOf, share, sizeOf } from './joint.ts'
import { isGone, isOutage, type Pool } from './postgres.pool.ts'
import { type Run, sqlOver } from './postgres.statements.ts'
import { FOREIGN, fail, settle, start, type Write, whyDead } from './write.ts'

export interface Place {
  pool: Pool
  /** What follows `begin`. */
  mode?: string
  log?: Log | undefined
  /** Told of what is committed. */
  meter?: DbMeter | undefined
}

/** What `begin` and `savepoint` hand out. */
type Connection = Pick<TransactionSql, 'unsafe' | 'savepoint'>

/**
 * Runs the writes in one transaction, a savepoint for each when there are several, and settles them in their
 * order after COMMIT. Never rejects.
 */
export const transact = (place: Place, batch: readonly Write[]): Promise<void> =>
  carryOut(place, leadAll(batch))

async function carryOut(place: Place, leaders: readonly Write[]): Promise<void> {
  const { pool, mode = '', log, meter } = place
  const [only] = leaders
  const client = pool.client()
  const carried: Write[] = []
  let lost: unknown = null
  const began = performance.now()
  let commitBegan = began
  pool.use.asked++
  try {
    await client.begin(mode, async (connection) => {
      if (leaders.length === 1 && only !== undefined) {
        carried.push(only)
        await runWrite(only, connection)
      } else for (const write of leaders) carried.push(...(await runBetweenSavepoints(write, connection)))
      commitBegan = performance.now()
    })
    meter?.committed(
      leaders.reduce((sum, write) => sum + sizeOf(write), 0),
      began,
      commitBegan,
    )
  } catch (error) {
    // A single write's own "no" has been rolled back. Anything else may have struck at COMMIT: the outcome is unknown.
    if (leaders.length > 1 || only?.failed !== true || isOutage(error)) lost = error
  } finally {
    pool.use.asked--
  }
  const parts = only !== undefined && leaders.length === 1 && lost === null ? partsOf(only) : null
  if (parts !== null) return carryOut(place, parts)
  if (lost === null) for (const write of carried) share(write)
  for (const write of leaders.flatMap((leader) => leader.members ?? [leader])) {
    if (lost === null) settle(write)
    else {
      fail(write, unavailable())
      write.reject(unavailable())
    }
  }
  if (lost === null) return
  meter?.lost()
  pool.report(lost, client)
  log?.error({ code: codeOf(lost), err: lost }, 'database: a batch of writes is lost')
}

/**
 * A refused write leaves the others alone; a server that is gone or does not answer in time does not. Answers with what
 * was carried out: the write, or the parts of a joint that failed.
 */
async function runBetweenSavepoints(write: Write, connection: Connection): Promise<Write[]> {
  try {
    await connection.savepoint((inner) => runWrite(write, inner))
  } catch (error) {
    fail(write, error)
    if (isGone(error)) await untilClosed()
    if (isOutage(error) || isOutage(write.cause)) throw error
  }
  const carried: Write[] = []
  for (const part of partsOf(write) ?? []) carried.push(...(await runBetweenSavepoints(part, connection)))
  return carried.length > 0 ? carried : [write]
}

/**
 * The library answers every failure inside of `begin` with a `rollback`, which must not be sent on a connection
 * that is at an end. So nothing is answered: `begin` itself rejects when the connection closes.
 */
const untilClosed = () => new Promise<never>(() => {})

/** Rejects with the write's first error, also when its work swallowed it. */
function runWrite(write: Write, connection: Connection): Promise<void> {
  const end = Promise.withResolvers<void>()
  const finish = () => {
    write.running = false
    if (isGone(write.cause)) return
    if (write.failed) end.reject(write.outcome)
    else end.resolve()
  }
  const sql = sqlOf(write, connection, () => {
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
function sqlOf(write: Write, connection: Connection, abandon: () => void): Sql {
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
      return await query(connection, text, values)
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

/** A plain array of rows. Without `simple: false` a statement without values would not be prepared. */
export async function query(
  connection: Pick<Connection, 'unsafe'>,
  text: string,
  values: Value[],
): Promise<unknown[]> {
  return [...(await connection.unsafe(text, values as never[], { prepare: true, simple: false } as never))]
}
