import { CannotStart, codeOf } from './failure.ts'
import type { Connect, Connection } from './postgres.connection.ts'
import { openPool, type Pool, type PoolOptions } from './postgres.pool.ts'
import { sqlOver } from './postgres.statements.ts'

/** Throws `CannotStart` for a server that is away, may forget what it acknowledged (C1), or is none we can speak to. */
export const openDurable = (connect: Connect, options: PoolOptions): Promise<Pool> =>
  openPool(connect, options).catch(refuseStart)

const refuseStart = (error: unknown): never => {
  if (error instanceof CannotStart) throw error
  throw new CannotStart(
    4,
    `The database cannot be reached (${codeOf(error) || 'no answer'}). Start PostgreSQL, or correct WARREN_DATABASE_URL.`,
  )
}

interface Promises {
  fsync: string
  pages: string
  commit: string
  /** Empty where nobody waits for a standby. */
  standbys: string
  encoding: string
  version: number
}

/** Asked on each new connection: behind the same address another server may stand. Throws `CannotStart`. */
export async function requireDurable(connection: Connection): Promise<void> {
  const [server] = await sqlOver(connection.query)<Promises>`
    select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
      current_setting('synchronous_commit') as commit, current_setting('synchronous_standby_names') as standbys,
      current_setting('server_encoding') as encoding, current_setting('server_version_num')::int as version`
  if (server === undefined) throw new CannotStart(4, 'The database does not say how it is set up.')
  const weakness = weaknessOf(server)
  if (weakness !== null) {
    throw new CannotStart(
      3,
      `The database would forget acknowledged messages (${weakness}). Turn it on in postgresql.conf.`,
    )
  }
  if (server.encoding !== 'UTF8') {
    throw new CannotStart(3, `The database is encoded in ${server.encoding}. Create it with UTF8.`)
  }
  if (server.version < 150_000) throw new CannotStart(4, 'PostgreSQL is older than 15. Upgrade it.')
}

/**
 * What does not wait for a disk. With no standby to wait for `local` and `remote_write` are the same as `on`: the
 * server's own. With one they leave it out, and a failover to it would lose what was acknowledged.
 */
function weaknessOf({ fsync, pages, commit, standbys }: Promises): string | null {
  if (fsync === 'off') return 'fsync is off'
  if (pages === 'off') return 'full_page_writes is off'
  const weak = standbys === '' ? ['off'] : ['off', 'local', 'remote_write']
  return weak.includes(commit) ? `synchronous_commit is ${commit}` : null
}

const EVERY_MS = 1000

/**
 * A node lives for months, and its server may be told to forget at any time, which reaches open connections at once:
 * so one of them is asked again each second, whether or not anybody wants to know if we are ready. Returns its end.
 */
export function keepAsking(pool: Pool, answerMs: number, everyMs = EVERY_MS): () => void {
  let isAsking = false
  const ask = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    // Who does not answer is seen by everybody else, too.
    await askAgain(pool, answerMs).catch(() => {})
    isAsking = false
  }
  const timer = setInterval(() => void ask(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

async function askAgain(pool: Pool, answerMs: number): Promise<void> {
  const connection = await pool.take('reads', performance.now() + answerMs, true)
  try {
    await requireDurable(connection)
  } catch (error) {
    if (error instanceof CannotStart) pool.distrust(error)
  } finally {
    pool.give(connection)
  }
}
