import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { chatCreated } from './announce.ts'
import { presentFreshChatTo } from './present.ts'
import { findMember, findMemberIds } from './sql.ts'
import type { ChatWire } from './wire.ts'

export interface Hearing {
  userId: Id<'user'>
  chat: ChatWire
}

/**
 * Read in the write that stores the first message of a direct chat: who hears of the chat only now. Its founder knows
 * it; the other side does not, even when it is they who speak first.
 */
export async function whoHearsFirst(sql: Sql, chatId: Id<'chat'>): Promise<Hearing[]> {
  const hearing: Hearing[] = []
  for (const userId of await findMemberIds(sql, chatId)) {
    const member = await findMember(sql, chatId, userId)
    if (member === undefined) continue
    const chat = await presentFreshChatTo(sql, member)
    if (userId !== chat.created_by) hearing.push({ userId, chat })
  }
  return hearing
}

/** Told after the commit and before the message itself, so that its topic is open when the message comes. */
export function announceFirst(app: App, chatId: Id<'chat'>, hearing: readonly Hearing[]): void {
  for (const { userId, chat } of hearing) {
    app.bus.admit(chatId, [userId], chat.rev - 1)
    app.bus.tellUser(userId, chatCreated(chat))
  }
}
