import type { Log } from '../log.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { OpenDb } from './db.ts'
import { misuse } from './failure.ts'
import type { TellLost } from './lost.ts'
import { connector, type Settings } from './postgres.connection.ts'
import { keepAsking, openDurable, requireDurable } from './postgres.durable.ts'
import { exclusive } from './postgres.exclusive.ts'
import { readSql } from './postgres.reads.ts'
import { openWrites } from './postgres.writes.ts'

export interface PostgresOptions {
  log?: Log
  meter?: DbMeter | undefined
  tellLost?: TellLost | undefined
  /** Connections at most, for reads and for writes: a write that waits for a lock never delays a read. */
  reads?: number
  writes?: number
  /** How long a row may be held by somebody else. */
  lockTimeoutMs?: number
  /** Who asked is answered by then, whether or not the server is. */
  answerMs?: number
  /** Writes that may wait behind those of the same chat, and behind those of all. */
  waitingEach?: number
  waitingAll?: number
}

const USUAL = {
  reads: 5,
  writes: 10,
  lockTimeoutMs: 2000,
  answerMs: 5000,
  waitingEach: 1000,
  waitingAll: 10_000,
}

/** Connects. Throws `CannotStart` when the server is away or less durable than promised (C1). */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<OpenDb> {
  // Not needed on SQLite, and slow to load.
  const { default: library } = await import('postgres')
  const { log, meter, tellLost, ...given } = options
  const how = { ...USUAL, ...given }
  const { answerMs } = how
  const connect = connector(library, { url, settings: settingsOf(how), prove: requireDurable })
  const pool = await openDurable(connect, {
    most: { reads: how.reads, writes: how.writes },
    lookEveryMs: answerMs / 20,
    believedMs: answerMs / 2,
    meter: meter?.pools,
    log,
  })
  const endAsking = keepAsking(pool, answerMs)
  return {
    dialect: 'postgres',
    get trouble() {
      return pool.trouble
    },
    read: readSql({ pool, answerMs, meter }),
    ahead: readSql({ pool, answerMs, meter, isAhead: true }),
    ...openWrites({ pool, answerMs, meter, tellLost }, { each: how.waitingEach, all: how.waitingAll }),
    exclusive: (work) => exclusive(connect, how.lockTimeoutMs, work),
    snapshot: () => Promise.reject(misuse('a snapshot of PostgreSQL is made by its own tools')),
    close() {
      endAsking()
      return pool.close()
    },
  }
}

function settingsOf({ lockTimeoutMs, answerMs }: { lockTimeoutMs: number; answerMs: number }): Settings {
  return {
    // Integers are numbers and flags are 0 and 1 on both engines; `sum` and `extract` answer with numeric.
    types: {
      integer: { to: 20, from: [20, 1700], parse: Number, serialize: String },
      flag: { to: 16, from: [16], parse: (text: string) => (text === 't' ? 1 : 0), serialize: String },
    },
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'warren',
      // Compiling a statement of ours takes longer than any of them runs.
      jit: 'off',
      default_transaction_isolation: 'read committed',
      lock_timeout: lockTimeoutMs,
      // Nobody waits for it any more; and what a sleeping node holds is somebody else's.
      statement_timeout: answerMs,
      idle_in_transaction_session_timeout: answerMs,
    },
  }
}
