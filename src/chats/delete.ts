import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { takeRev } from '../timeline/index.ts'
import { requireChat, spendChange } from './access.ts'
import { chatRemoved } from './announce.ts'
import type { ChatRow } from './chat.ts'
import { requirePerson } from './people.ts'
import { findMember, findMemberIds, markChatDeleted } from './sql.ts'

const KEPT_MS = 30 * 24 * 60 * 60 * 1000

/**
 * Unreadable at once, purged after 30 days. Only its owner and the server's owner may. Refuses `not_found` `chat` to
 * strangers, `forbidden` `chat_role` to other members, `conflict` `direct`.
 */
export async function deleteChat(app: App, userId: Id<'user'>, chatId: Id<'chat'>): Promise<void> {
  await spendChange(app, userId)
  const now = app.clock.now()
  const memberIds = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const chat = await requireChat(sql, chatId)
      await requireMayDelete(sql, chat, userId)
      const ids = await findMemberIds(sql, chatId)
      await takeRev(sql, chatId, now)
      await markChatDeleted(sql, chatId, now)
      await app.jobs.enqueue(sql, {
        kind: 'purge_chat',
        payload: { chat_id: chatId },
        runAt: now + KEPT_MS,
        key: chatId,
      })
      return ids
    },
    { turn: chatId },
  )
  app.bus.close(chatId)
  for (const memberId of memberIds) app.bus.tellUser(memberId, chatRemoved(chatId))
}

async function requireMayDelete(sql: Sql, chat: ChatRow, userId: Id<'user'>): Promise<void> {
  const member = await findMember(sql, chat.id, userId)
  const isMember = member !== undefined && member.left_at === null
  const { role } = await requirePerson(sql, userId)
  if (!isMember && role !== 'owner') {
    if (chat.visibility === 'public' && role !== 'guest') refuse('forbidden', 'not_member')
    refuse('not_found', 'chat')
  }
  if (chat.kind === 'direct') refuse('conflict', 'direct')
  if (role !== 'owner' && member?.role !== 'owner') refuse('forbidden', 'chat_role')
}
