import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { requireChat } from './access.ts'
import { foldName } from './chat.ts'
import { requirePerson } from './people.ts'
import { chatToStranger, presentChatTo, presentMemberships } from './present.ts'
import { findMemberships } from './sql.memberships.ts'
import { findMember, findPublicChannels } from './sql.ts'
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
    const rows = await findMemberships(sql, userId, { after: cursor ?? '', limit: limit + 1 })
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

const SEARCHES: Limit = { name: 'channels', points: 300, perMs: 180_000 }

/** Public channels by name, joined or not; nothing to guests. */
export async function listChannels(
  app: App,
  userId: Id<'user'>,
  { query, limit, cursor }: Paging & { query: string },
): Promise<ChatPage> {
  await app.limits.spend(SEARCHES, userId)
  const after = readCursor(cursor)
  return app.db.view(async (sql) => {
    const person = await requirePerson(sql, userId)
    if (person.role === 'guest') return { data: [], page: { next: null } }
    const rows = await findPublicChannels(sql, { query: foldName(query), after, limit: limit + 1 })
    const data: ChatWire[] = []
    for (const chat of rows.slice(0, limit)) {
      const member = await findMember(sql, chat.id, userId)
      const isIn = member !== undefined && member.left_at === null
      data.push(isIn ? await presentChatTo(sql, chat, member) : chatToStranger(chat))
    }
    const last = rows[limit - 1]
    return { data, page: { next: rows.length > limit && last ? writeCursor(last) : null } }
  })
}

const writeCursor = (row: { name_folded: string; id: string }) =>
  Buffer.from(JSON.stringify([row.name_folded, row.id])).toString('base64url')

function readCursor(cursor: string | undefined): { name: string; id: string } {
  if (cursor === undefined) return { name: '', id: '' }
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof name === 'string' && typeof id === 'string') return { name, id }
  } catch {
    // falls through: what is no cursor of ours is refused below
  }
  return refuse('invalid', 'cursor')
}
