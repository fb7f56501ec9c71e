import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { MessageRow } from '../timeline/index.ts'

/** Where a list of pins goes on: two may have been made in the same millisecond. */
export interface PinPlace {
  pinnedAt: number
  seq: number
}

/** What is pinned in a chat, the newest pin first. */
export const findPinned = (
  sql: Sql,
  chatId: Id<'chat'>,
  { before, limit }: { before: PinPlace; limit: number },
) =>
  sql<MessageRow & { pinned_at: number }>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages
    where chat_id = ${chatId} and pinned_at is not null
      and (pinned_at < ${before.pinnedAt} or (pinned_at = ${before.pinnedAt} and seq < ${before.seq}))
    order by pinned_at desc, seq desc limit ${limit}`

export async function countPinned(sql: Sql, chatId: Id<'chat'>): Promise<number> {
  const [row] = await sql<{ count: number }>`
    select count(*) as count from messages where chat_id = ${chatId} and pinned_at is not null`
  return row?.count ?? 0
}
