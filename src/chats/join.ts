import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { requireChat, requireWritable, spendChange } from './access.ts'
import { announce, nothingNew } from './announce.ts'
import { enter } from './membership.ts'
import { requirePerson } from './people.ts'
import { presentChatTo } from './present.ts'
import { findMember } from './sql.ts'
import type { ChatWire } from './wire.ts'

/**
 * Anyone but a guest walks into a public channel; a member's repeat changes nothing. Refuses `not_found` `chat` for
 * what is not public, `conflict` `direct` for a direct chat the asker is in, `conflict` `archived`.
 */
export async function joinChat(app: App, userId: Id<'user'>, chatId: Id<'chat'>): Promise<ChatWire> {
  await spendChange(app, userId)
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const chat = await requireChat(sql, chatId)
      const member = await findMember(sql, chatId, userId)
      const isIn = member !== undefined && member.left_at === null
      if (isIn && chat.kind === 'direct') refuse('conflict', 'direct')
      if (isIn) return nothingNew({ chat: await presentChatTo(sql, chat, member) })
      const person = await requirePerson(sql, userId)
      if (chat.visibility !== 'public' || person.role === 'guest') refuse('not_found', 'chat')
      requireWritable({ chat })
      return await enter(sql, { chat, userId, role: 'member', actorId: userId, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  return told.result.chat
}
