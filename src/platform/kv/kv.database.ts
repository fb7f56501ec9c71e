import type { Clock } from '../clock.ts'
import type { Db, Sql } from '../db/db.ts'
import type { Kv } from './kv.ts'

/** Facts in the database: slower than Redis, and there whenever anything is. */
export function createDatabaseKv(db: Db, clock: Clock): Kv {
  return {
    set: (key, value, ttlMs) =>
      db.write(async (sql) => {
        const now = clock.now()
        await forgetSome(sql, now)
        await sql`
          insert into facts (name, value, expires_at) values (${key}, ${value}, ${now + ttlMs})
          on conflict (name) do update set value = excluded.value, expires_at = excluded.expires_at`
      }),
    get: async (key) => {
      const [row] = await db.read<{ value: string }>`
        select value from facts where name = ${key} and expires_at > ${clock.now()}`
      return row?.value ?? null
    },
    take: async (key) => {
      // Looked for first: most of what is asked for is not here, and looking costs no write.
      const known = await db.read`select 1 from facts where name = ${key}`
      if (known.length === 0) return null
      const [row] = await db.write(
        (sql) => sql<{ value: string; expires_at: number }>`
          delete from facts where name = ${key} returning value, expires_at`,
      )
      return row !== undefined && row.expires_at > clock.now() ? row.value : null
    },
    delete: async (key) => {
      await db.write((sql) => sql`delete from facts where name = ${key}`)
    },
  }
}

/** What has expired goes a little faster than it comes, without a timer. */
async function forgetSome(sql: Sql, now: number): Promise<void> {
  await sql`delete from facts where name in (select name from facts where expires_at <= ${now} limit 10)`
}
