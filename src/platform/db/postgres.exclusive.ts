import type { Sql } from './db.ts'
import { CannotStart, codeOf } from './failure.ts'
import type { Connect, Connection } from './postgres.connection.ts'
import { sqlOver } from './postgres.statements.ts'

/** Any number will do, as long as every Warren takes the same. */
const EXCLUSIVE = 7_318_349
const TRIES = 12

type Work<T> = (sql: Sql, run: (script: string) => Promise<void>) => Promise<T>

/**
 * One node at a time: the others wait, then see what this one did. On a connection of its own, as long as it takes. What
 * a change of a table waits for (a backup that reads for an hour) all sends would wait for behind it: so it gives way
 * before they are refused, and begins anew a little later. Throws `CannotStart` when it never got its turn or its table.
 */
export async function exclusive<T>(connect: Connect, lockTimeoutMs: number, work: Work<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryOnce(connect, lockTimeoutMs, work)
    } catch (error) {
      if (codeOf(error) !== LOCK_TIMEOUT) throw error
      if (tries === TRIES) throw new CannotStart(4, IN_USE)
    }
    await Bun.sleep((0.5 + Math.random() / 2) * lockTimeoutMs)
  }
}

const LOCK_TIMEOUT = '55P03'
/** Of lock timeouts: a minute. */
const TURN = 30
const TAKEN = 'Another Warren has been changing this database for a minute. Repeat it when that one is done.'
const IN_USE =
  'A table that has to be changed is in use all the time, perhaps by a backup. Nothing was changed. Repeat it when that is over.'

async function tryOnce<T>(connect: Connect, lockTimeoutMs: number, work: Work<T>): Promise<T> {
  const connection = await connect(() => {})
  try {
    await takeTurn(connection, lockTimeoutMs * TURN)
    await connection.run(`set local lock_timeout = ${Math.ceil(lockTimeoutMs / 2)}`)
    const done = await work(sqlOver(connection.query), async (script) => void (await connection.run(script)))
    await connection.run('commit')
    return done
  } finally {
    // Ends what was not committed, too.
    await connection.end()
  }
}

async function takeTurn(connection: Connection, patienceMs: number): Promise<void> {
  try {
    await connection.run(
      `begin; set local lock_timeout = ${patienceMs}; set local statement_timeout = 0;
        set local idle_in_transaction_session_timeout = 0; select pg_advisory_xact_lock(${EXCLUSIVE})`,
    )
  } catch (error) {
    throw codeOf(error) === LOCK_TIMEOUT ? new CannotStart(4, TAKEN) : error
  }
}
