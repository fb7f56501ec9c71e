import type { DbMeter } from '../metrics/dbMeter.ts'
import type { Sql } from './db.ts'
import { misuse, unavailable } from './failure.ts'
import { isOutage } from './postgres.errors.ts'
import type { Pool } from './postgres.pool.ts'
import { type Run, sqlOver } from './postgres.statements.ts'

const refuseLock = () => Promise.reject(misuse('a lock outside of a write'))

/** The same where there is nothing to hold. */
export const withoutLocks = (sql: Sql): Sql => Object.assign(sql, { lock: refuseLock, hold: refuseLock })

export interface Reading {
  pool: Pool
  answerMs: number
  meter?: DbMeter | undefined
  /** Before all who wait. */
  isAhead?: boolean
}

/** Each statement by itself, on whichever connection is free. */
export function readSql({ pool, answerMs, meter, isAhead }: Reading): Sql {
  const run: Run = async (text, values) => {
    const connection = await pool.take('reads', performance.now() + answerMs, isAhead)
    // The wait before is the pool's: `warren_db_pool_waiting`.
    const began = performance.now()
    try {
      const rows = await connection.query(text, values)
      meter?.read(began)
      return rows
    } catch (error) {
      throw isOutage(error) ? unavailable() : error
    } finally {
      pool.give(connection)
    }
  }
  return withoutLocks(sqlOver(run))
}
