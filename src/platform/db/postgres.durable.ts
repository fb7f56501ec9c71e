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

/**
 * Asked on each new connection: a node lives for months, and its server may be told to forget, or another one may take
 * its place. Throws `CannotStart`.
 */
export async function requireDurable(connection: Connection): Promise<void> {
  const sql = sqlOver(connection.query)
  const rows = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding', 'server_version_num')`
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
