import type { Db } from './platform/db/db.ts'
import { newId } from './platform/ids.ts'

/** Names this database's history; a restore writes a new one. */
export function readEpoch(db: Db): Promise<string> {
  return db.write(async (sql) => {
    await sql`insert into settings (name, value) values ('epoch', ${newId<'epoch'>()}) on conflict do nothing`
    const [row] = await sql<{ value: string }>`select value from settings where name = 'epoch'`
    if (row === undefined) throw new Error('the epoch was not stored')
    return row.value
  })
}
