import type { Id } from '../platform/ids.ts'
import type { ChatRole } from './wire.ts'

export type ChatKind = 'direct' | 'group' | 'channel'

/** A chat as its row stores it. */
export interface ChatRow {
  id: Id<'chat'>
  kind: ChatKind
  visibility: 'private' | 'public'
  name: string | null
  topic: string
  created_by: Id<'user'>
  rev: number
  last_seq: number
  floor_seq: number
  info_rev: number
  member_count: number
  archived_at: number | null
  deleted_at: number | null
  created_at: number
  updated_at: number
}

/** A membership as its row stores it; `left_at` is set on one that ended. */
export interface MemberRow {
  chat_id: Id<'chat'>
  user_id: Id<'user'>
  role: ChatRole
  rev: number
  joined_at: number
  left_at: number | null
  last_read_seq: number
  read_at: number | null
  unread_from: number | null
}

const RANK: Record<ChatRole, number> = { member: 0, admin: 1, owner: 2 }

export const isAtLeast = (role: ChatRole, wanted: ChatRole): boolean => RANK[role] >= RANK[wanted]

/** Nobody acts on an equal or on someone above. */
export const outranks = (role: ChatRole, other: ChatRole): boolean => RANK[role] > RANK[other]

/** A fresh membership: all that was said before counts as read. */
export const memberOf = (
  chat: Pick<ChatRow, 'id' | 'last_seq'>,
  userId: Id<'user'>,
  membership: Pick<MemberRow, 'role' | 'rev' | 'joined_at'>,
): MemberRow => ({
  ...membership,
  chat_id: chat.id,
  user_id: userId,
  left_at: null,
  last_read_seq: chat.last_seq,
  read_at: null,
  unread_from: null,
})

/** Names are found without regard to case, and ё as е, on both engines alike. */
export const foldName = (name: string): string => name.toLocaleLowerCase('ru').replaceAll('ё', 'е')

/** Two who open a direct chat at once must hit the same key, whoever asks first. */
export const directKey = (one: Id<'user'>, other: Id<'user'>): string => [one, other].sort().join(':')
