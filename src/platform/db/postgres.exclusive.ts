import type { Sql } from './db.ts'
import type { Connect } from './postgres.connection.ts'
import { sqlOver } from './postgres.statements.ts'

/** Any number will do, as long as every Warren takes the same. */
const EXCLUSIVE = 7_318_349

/** One node at a time: the others wait, then see what this one did. On a connection of its own, as long as it takes. */
export async function exclusive<T>(
  connect: Connect,
  work: (sql: Sql, run: (script: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const connection = await connect(() => {})
  try {
    await connection.run(
      `begin; set local lock_timeout = '60s'; set local statement_timeout = 0;
        set local idle_in_transaction_session_timeout = 0; select pg_advisory_xact_lock(${EXCLUSIVE})`,
    )
    const done = await work(sqlOver(connection.query), async (script) => void (await connection.run(script)))
    await connection.run('commit')
    return done
  } finally {
    // Ends what was not committed, too.
    await connection.end()
  }
}
