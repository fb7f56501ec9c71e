import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'

const AT_ONCE = 500

/**
 * Removes what is left of a deleted chat, a piece a write, so that nobody's message waits for it. Begun again after
 * a crash, or when its time was over, it goes on where it was: the chat's own row goes last. Rejects once aborted.
 */
export async function purgeChat(app: App, chatId: Id<'chat'>, signal: AbortSignal): Promise<void> {
  while (await app.db.write((sql) => purgePiece(sql, chatId))) signal.throwIfAborted()
  await app.db.write(async (sql) => {
    await sql.lock('chats', chatId)
    const [chat] = await sql`select 1 from chats where id = ${chatId} and deleted_at is not null`
    if (chat === undefined) return
    await sql`delete from members where chat_id = ${chatId}`
    await sql`delete from chats where id = ${chatId}`
  })
}

/** True while there is more. A chat that is not deleted is left alone. */
async function purgePiece(sql: Sql, chatId: Id<'chat'>): Promise<boolean> {
  const [piece] = await sql<{ last: number | null }>`
    select max(seq) as last from (
      select m.seq from messages m join chats c on c.id = m.chat_id
      where m.chat_id = ${chatId} and c.deleted_at is not null order by m.seq limit ${AT_ONCE}) as oldest`
  const last = piece?.last ?? null
  if (last === null) return false
  await sql`
    delete from reactions where chat_id = ${chatId}
      and message_id in (select id from messages where chat_id = ${chatId} and seq <= ${last})`
  await sql`delete from mentions where chat_id = ${chatId} and seq <= ${last}`
  await sql`delete from messages where chat_id = ${chatId} and seq <= ${last}`
  return true
}
