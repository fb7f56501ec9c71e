import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { requireChat } from './access.ts'
import { readMemberships } from './memberships.ts'
import { requirePerson } from './people.ts'
import { chatToStranger, presentChatTo, presentMemberships } from './present.ts'
import { findMember } from './sql.ts'
import type { ChatWire } from './wire.ts'

export interface ChatPage {
  data: ChatWire[]
  page: { next: string | null }
}

export interface Paging {
  limit: number
  cursor?: string | undefined
}

/** The asker's chats, by id: an order that holds still while chats move in the sidebar. */
export function listChats(app: App, userId: Id<'user'>, { limit, cursor }: Paging): Promise<ChatPage> {
  return app.db.view(async (sql) => {
    const rows = await readMemberships(sql, userId, { after: cursor ?? '', limit: limit + 1 })
    const shown = rows.slice(0, limit)
    const next = rows.length > limit ? (shown.at(-1)?.id ?? null) : null
    return { data: await presentMemberships(sql, shown), page: { next } }
  })
}

/** One chat: whole to a member, its outside to others who may know of it. Refuses `not_found` `chat`. */
export function getChat(app: App, userId: Id<'user'>, chatId: Id<'chat'>): Promise<ChatWire> {
  return app.db.view(async (sql) => {
    const chat = await requireChat(sql, chatId)
    const member = await findMember(sql, chatId, userId)
    if (member !== undefined && member.left_at === null) return presentChatTo(sql, chat, member)
    const person = await requirePerson(sql, userId)
    if (chat.visibility !== 'public' || person.role === 'guest') return refuse('not_found', 'chat')
    return chatToStranger(chat)
  })
}
