import type postgres from 'postgres'
import type { Log } from '../log.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { OpenDb, Sql } from './db.ts'
import { CannotStart, codeOf, misuse, unavailable } from './failure.ts'
import { type Client, isOutage, openPool, type Pool } from './postgres.pool.ts'
import { type Run, sqlOver } from './postgres.statements.ts'
import { query, transact } from './postgres.transaction.ts'
import { openTurns } from './postgres.turns.ts'
import { isNested, NESTED, newJointWrite, newWrite, type Write } from './write.ts'

export interface PostgresOptions {
  log?: Log
  meter?: DbMeter | undefined
  /** Connections at most, for reads and for writes: a write that waits for a lock never delays a read. */
  reads?: number
  writes?: number
  lockTimeoutMs?: number
  statementTimeoutMs?: number
}

/** Any number will do, as long as every Warren takes the same. */
const EXCLUSIVE = 7_318_349

const SNAPSHOT = 'isolation level repeatable read read only'

const refuseLock = () => Promise.reject(misuse('a lock outside of a write'))

/** Connects. Throws `CannotStart` when the server is away or less durable than promised (C1). */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<OpenDb> {
  // Not needed on SQLite, and slow to load.
  const { default: connect } = await import('postgres')
  const settings = settingsOf(options)
  const { log, meter } = options
  const size = { reads: options.reads ?? 5, writes: options.writes ?? 10 }
  const reads = openPool(() => connect(url, { ...settings, max: size.reads }), meter?.pools.reads)
  const writes = openPool(() => connect(url, { ...settings, max: size.writes }), meter?.pools.writes)
  reads.use.size = size.reads
  writes.use.size = size.writes
  const close = async () => void (await Promise.all([reads.close(), writes.close()]))
  try {
    await requireDurable(reads.client())
  } catch (error) {
    await close()
    throw error
  }
  const run = (batch: readonly Write[]) => transact({ pool: writes, log, meter }, batch)
  const turns = openTurns(run)
  const state = { closed: false }
  const ask = (write: Write, turn?: string): Promise<unknown> => {
    if (isNested()) return Promise.reject(misuse(NESTED))
    if (state.closed) return Promise.reject(unavailable())
    if (turn === undefined) void run([write])
    else turns(turn, write)
    return write.promise
  }

  return {
    dialect: 'postgres',
    read: readSql(reads, meter),
    view(work) {
      const view = newWrite((sql) => work(Object.assign(sql, { lock: refuseLock })))
      void transact({ pool: reads, mode: SNAPSHOT, log }, [view])
      return view.promise as ReturnType<typeof work>
    },
    write: (work, { turn } = {}) => ask(newWrite(work), turn) as ReturnType<typeof work>,
    writeJointly: (joint, input, turn) => ask(newJointWrite(joint, input, turn), turn) as Promise<never>,
    exclusive: (work) => exclusive(writes.client(), work),
    snapshot: () => Promise.reject(misuse('a snapshot of PostgreSQL is made by its own tools')),
    close() {
      state.closed = true
      return close()
    },
  }
}

function settingsOf(options: PostgresOptions): postgres.Options<Record<string, postgres.PostgresType>> {
  return {
    // Integers are numbers and flags are 0 and 1 on both engines; `sum` and `extract` answer with numeric.
    types: {
      integer: { to: 20, from: [20, 1700], parse: Number, serialize: String },
      flag: { to: 16, from: [16], parse: (text: string) => (text === 't' ? 1 : 0), serialize: String },
    },
    fetch_types: false,
    connect_timeout: 5,
    // The library's own goes up to 20 s; a server that is back should be found at once.
    backoff: (retries: number) => Math.min(0.1 * 2 ** retries, 1),
    onnotice: () => {},
    connection: {
      application_name: 'warren',
      // Compiling a statement of ours takes longer than any of them runs.
      jit: 'off',
      default_transaction_isolation: 'read committed',
      lock_timeout: options.lockTimeoutMs ?? 5000,
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  }
}

function readSql(pool: Pool, meter?: DbMeter): Sql {
  const run: Run = async (text, values) => {
    const client = pool.client()
    const began = performance.now()
    pool.use.asked++
    try {
      const rows = await query(client, text, values)
      meter?.read(began)
      return rows
    } catch (error) {
      pool.report(error, client)
      throw isOutage(error) ? unavailable() : error
    } finally {
      pool.use.asked--
    }
  }
  return Object.assign(sqlOver(run), { lock: refuseLock })
}

/** One node at a time: the others wait, then see what this one did. */
function exclusive<T>(
  client: Client,
  work: (sql: Sql, run: (script: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  return client.begin(async (connection) => {
    await connection.unsafe("set local lock_timeout = '60s'; set local statement_timeout = 0")
    await connection.unsafe(`select pg_advisory_xact_lock(${EXCLUSIVE})`)
    const sql = sqlOver((text, values) => query(connection, text, values))
    return work(sql, async (script) => void (await connection.unsafe(script)))
  }) as Promise<T>
}

async function requireDurable(client: Client): Promise<void> {
  const names = ['fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding', 'server_version_num']
  const rows = await client
    .unsafe(
      `select name, setting from pg_settings where name in (${names.map((name) => `'${name}'`).join(', ')})`,
    )
    .catch((error: unknown) => {
      throw new CannotStart(
        4,
        `The database cannot be reached (${codeOf(error) || 'no answer'}). Start PostgreSQL, or correct WARREN_DATABASE_URL.`,
      )
    })
  const settings = new Map(rows.map((row) => [row.name, row.setting]))
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    if (settings.get(name) !== 'off') continue
    throw new CannotStart(
      3,
      `The database would forget acknowledged messages (${name} is off). Turn it on in postgresql.conf.`,
    )
  }
  if (settings.get('server_encoding') !== 'UTF8') {
    throw new CannotStart(
      3,
      `The database is encoded in ${settings.get('server_encoding')}. Create it with UTF8.`,
    )
  }
  if (Number(settings.get('server_version_num')) < 150_000) {
    throw new CannotStart(4, 'PostgreSQL is older than 15. Upgrade it.')
  }
}
