import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'

/** Of these users, those who are in a chat with the asker. */
export async function selectCompanions(
  sql: Sql,
  askerId: Id<'user'>,
  userIds: readonly Id<'user'>[],
): Promise<Set<Id<'user'>>> {
  const rows = await sql<{ user_id: Id<'user'> }>`
    select distinct theirs.user_id
    from members mine join members theirs on theirs.chat_id = mine.chat_id
    join chats c on c.id = mine.chat_id
    where mine.user_id = ${askerId} and mine.left_at is null and c.deleted_at is null
      and theirs.left_at is null and theirs.user_id in ${sql.list(userIds)}`
  return new Set(rows.map((row) => row.user_id))
}
