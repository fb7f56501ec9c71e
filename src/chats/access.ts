import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { type ChatRow, isAtLeast, type MemberRow } from './chat.ts'
import { countOwners, findChat, findMember, findPerson } from './sql.ts'
import type { ChatRole } from './wire.ts'

/** A chat and the asker's own membership of it, read together. */
export interface Access {
  chat: ChatRow
  member: MemberRow
}

/**
 * The one door to a chat's content: its members, now. Refuses `not_found` `chat` for what the asker may not know of
 * and `forbidden` `not_member` for a public channel that they have not joined.
 */
export async function requireMember(sql: Sql, chatId: Id<'chat'>, userId: Id<'user'>): Promise<Access> {
  const chat = await requireChat(sql, chatId)
  const member = await findMember(sql, chatId, userId)
  if (member !== undefined && member.left_at === null) return { chat, member }
  return refuseStranger(sql, chat, userId)
}

/** To whom may know of a public channel `forbidden` `not_member`; a guest, who finds none, is told what all others are. */
export async function refuseStranger(
  sql: Sql,
  { visibility }: Pick<ChatRow, 'visibility'>,
  userId: Id<'user'>,
): Promise<never> {
  const mayKnow = visibility === 'public' && (await findPerson(sql, userId))?.role !== 'guest'
  return mayKnow ? refuse('forbidden', 'not_member') : refuse('not_found', 'chat')
}

/** A chat that exists, whoever asks: for actions that decide access themselves. */
export async function requireChat(sql: Sql, chatId: Id<'chat'>): Promise<ChatRow> {
  const chat = await findChat(sql, chatId)
  if (chat === undefined || chat.deleted_at !== null) return refuse('not_found', 'chat')
  return chat
}

/** Refuses `conflict` `archived`: nothing is written to an archived chat. */
export function requireWritable({ chat }: Pick<Access, 'chat'>): void {
  if (chat.archived_at !== null) refuse('conflict', 'archived')
}

/** Refuses `forbidden` `chat_role` to a member below the role. */
export function requireRole({ member }: Pick<Access, 'member'>, role: ChatRole): void {
  if (!isAtLeast(member.role, role)) refuse('forbidden', 'chat_role')
}

/**
 * Opens a write on who is in a chat, under its lock: for its admins. Refuses `not_found` `chat`, `conflict` `direct` or
 * `archived`, `forbidden` `not_member` or `chat_role`.
 */
export async function lockMembers(sql: Sql, chatId: Id<'chat'>, actorId: Id<'user'>): Promise<Access> {
  await sql.lock('chats', chatId)
  const access = await requireMember(sql, chatId, actorId)
  if (access.chat.kind === 'direct') refuse('conflict', 'direct')
  requireWritable(access)
  requireRole(access, 'admin')
  return access
}

/** A chat is never left without an owner. Refuses `conflict` `last_owner`. */
export async function requireOtherOwner(sql: Sql, { chat, member }: Access): Promise<void> {
  if (member.role === 'owner' && (await countOwners(sql, chat.id)) === 1) refuse('conflict', 'last_owner')
}

/** Each of these is a line in somebody's history: 100 a minute is a tidy-up, more is a flood (S-46). */
const CHAT_CHANGES: Limit = { name: 'chat_changes', points: 100, perMs: 60_000 }

/** Making, changing and deleting chats, coming, going and roles. Refuses `rate_limited`. */
export const spendChange = (app: App, userId: Id<'user'>): Promise<void> =>
  app.limits.spend(CHAT_CHANGES, userId)
