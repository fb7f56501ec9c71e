import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { toTime, toTimeOrNull } from '../platform/schema.ts'
import type { SenderWire } from '../accounts/index.ts'
import { excerptOf, type MessageWire, presentMessages } from '../timeline/index.ts'
import type { ChatRow, MemberRow } from './chat.ts'
import type { MembershipRow } from './memberships.ts'
import { findChat, findFaces, findLastMessages } from './sql.ts'
import { type Counts, readCounts } from './unread.ts'
import type { ChatWire, MemberWire, MeWire } from './wire.ts'

/** The chat's own fields, as a topic carries them: no asker's side, no last message but the given one. */
export const chatToWire = (chat: ChatRow, lastMessage: MessageWire | null): ChatWire => ({
  id: chat.id,
  kind: chat.kind,
  visibility: chat.visibility,
  name: chat.name,
  topic: chat.topic,
  avatar_url: null,
  created_by: chat.created_by,
  rev: chat.rev,
  last_seq: chat.last_seq,
  floor_seq: chat.floor_seq,
  last_message: lastMessage,
  member_count: chat.member_count,
  archived_at: toTimeOrNull(chat.archived_at),
  created_at: toTime(chat.created_at),
  updated_at: toTime(chat.updated_at),
})

/** To someone who may know of a public channel but has not joined it: no messages, no side of their own. */
export const chatToStranger = (chat: ChatRow): ChatWire => ({ ...chatToWire(chat, null), me: null })

export const meToWire = (
  member: Pick<MemberRow, 'role' | 'last_read_seq' | 'unread_from'>,
  counts: Counts,
): MeWire => ({
  role: member.role,
  last_read_seq: member.last_read_seq,
  unread_from: member.unread_from,
  unread: counts.unread,
  mentions: counts.mentions,
  notify: 'all',
  muted: false,
})

export const memberToWire = (member: MemberRow, user: SenderWire): MemberWire => ({
  chat_id: member.chat_id,
  user,
  role: member.role,
  rev: member.rev,
  joined_at: toTime(member.joined_at),
  left_at: toTimeOrNull(member.left_at),
})

/** A chat in a list beside something else: of what was said last no more than how it begins. */
export function toListed(chat: ChatWire): ChatWire {
  const { last_message: last } = chat
  if (last === null) return chat
  const begins = { content: excerptOf(last.content), html: null, quote: null, reactions: [] }
  return { ...chat, last_message: { ...last, ...begins } }
}

/** One chat as a topic carries it, with its last message. */
export async function presentChat(sql: Sql, chat: ChatRow): Promise<ChatWire> {
  const [shown] = await presentChats(sql, [chat])
  if (shown === undefined) throw new Error('a chat was presented as nothing')
  return shown
}

/** The same of several. */
export async function presentChats(sql: Sql, chats: readonly ChatRow[]): Promise<ChatWire[]> {
  const lastMessages = await lastMessagesOf(sql, chats)
  return chats.map((chat) => chatToWire(chat, lastMessages.get(chat.id) ?? null))
}

/** One chat as this member sees it. */
export async function presentChatTo(sql: Sql, chat: ChatRow, member: MemberRow): Promise<ChatWire> {
  const [shown] = await presentMemberships(sql, [
    { ...member, ...chat, ...(await readCounts(sql, member, chat.last_seq)) },
  ])
  if (shown === undefined) throw new Error('a chat was presented as nothing')
  return shown
}

/** The same, of the chat as this write has left it so far. */
export async function presentFreshChatTo(sql: Sql, member: MemberRow): Promise<ChatWire> {
  const chat = await findChat(sql, member.chat_id)
  if (chat === undefined) throw new Error(`chat ${member.chat_id} has no row`)
  return presentChatTo(sql, chat, member)
}

/** Chats as their one member sees them: last messages and faces read with the caller's tag. */
export async function presentMemberships(sql: Sql, rows: readonly MembershipRow[]): Promise<ChatWire[]> {
  const [first] = rows
  if (first === undefined) return []
  const lastMessages = await lastMessagesOf(sql, rows)
  const faces = await facesOf(sql, first.user_id, rows)
  return rows.map((row) => {
    const chat = { ...chatToWire(row, lastMessages.get(row.id) ?? null), me: meToWire(row, row) }
    return hasName(row) ? chat : { ...chat, faces: faces.get(row.id) ?? [] }
  })
}

const hasName = (chat: ChatRow) => chat.name !== null

async function lastMessagesOf(sql: Sql, rows: readonly ChatRow[]) {
  const ids = rows.flatMap((row) => (row.last_seq === 0 ? [] : [row.id]))
  const messages = ids.length === 0 ? [] : await presentMessages(sql, await findLastMessages(sql, ids))
  return new Map<string, MessageWire>(messages.map((message) => [message.chat_id, message]))
}

async function facesOf(sql: Sql, userId: Id<'user'>, rows: readonly MembershipRow[]) {
  const nameless = rows.flatMap((row) => (hasName(row) ? [] : [row.id]))
  const found = nameless.length === 0 ? [] : await findFaces(sql, userId, nameless)
  const byChat = Map.groupBy(found, (face) => face.chat_id)
  return new Map([...byChat].map(([chatId, of]) => [chatId, of.map(({ chat_id: _, ...face }) => face)]))
}
