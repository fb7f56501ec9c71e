import type { OpenDb } from '../../platform/db/db.ts'
import { newId } from '../../platform/ids.ts'

/**
 * What a restored database must not bring back. A new epoch tells every client that history was rewound. Sessions, and
 * links sent by mail, end: one that was revoked since the backup would be good again.
 */
export async function renew(db: OpenDb, keepsSessions: boolean): Promise<void> {
  const epoch = newId<'epoch'>()
  const now = Date.now()
  await db.write(async (sql) => {
    await sql`
      insert into settings (name, value) values ('epoch', ${epoch})
      on conflict (name) do update set value = excluded.value`
    if (keepsSessions) return
    await sql`update users set authz_version = authz_version + 1, authz_changed_at = ${now}`
    await sql`update sessions set ended_at = ${now} where ended_at is null`
    await sql`delete from refresh_tokens`
    await sql`delete from one_time_tokens`
  })
}
