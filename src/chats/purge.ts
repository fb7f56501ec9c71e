import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { deleteChatRow, isDeleted, purgeRows } from './sql.purge.ts'

const AT_ONCE = 500

/**
 * Removes what is left of a deleted chat, a piece a write, so that nobody's message waits for it. Begun again after
 * a crash, or when its time was over, it goes on where it was: the chat's own row goes last. Rejects once aborted.
 */
export async function purgeChat(app: App, chatId: Id<'chat'>, signal: AbortSignal): Promise<void> {
  while (await app.db.write((sql) => purgePiece(sql, chatId))) signal.throwIfAborted()
}

/** True while there is more. A chat that is not deleted is left alone. */
async function purgePiece(sql: Sql, chatId: Id<'chat'>): Promise<boolean> {
  await sql.lock('chats', chatId)
  if (!(await isDeleted(sql, chatId))) return false
  for (const purge of purgeRows) {
    if ((await purge(sql, { chatId, limit: AT_ONCE })) > 0) return true
  }
  await deleteChatRow(sql, chatId)
  return false
}
