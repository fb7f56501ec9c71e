import type { Id } from '../ids.ts'

/** How far a chat's log goes, and how far its member has read. */
export interface Position {
  id: Id<'chat'>
  rev: number
  last_read_seq: number
}

/** One chat of a user, as `hello` says it. */
export interface Head extends Position {
  last_seq: number
  unread: number
  mentions: number
}

/** The answer of `changes`, as far as the live path looks into it. */
export interface Changes {
  after: number
  rev: number
  messages: readonly object[]
  members: readonly MemberChange[]
  chat: object | null
  more: boolean
  reset: boolean
}

export interface MemberChange {
  user: { id: string }
  rev: number
  left_at: string | null
}

/** What the live path reads from the database; the roof hands it over, for the rooms know how. */
export interface LogReader {
  /** All chats of a user, of one moment. */
  loadHeads(userId: Id<'user'>): Promise<Head[]>
  /** The same without a count, which is most of the work: for everything but `hello`. */
  loadPositions(userId: Id<'user'>): Promise<Position[]>
  /** A page of `changes` as everybody in the chat may see it: `chat` without `me`. At most 200 rows and 256 KiB. */
  loadChanges(chatId: Id<'chat'>, after: number): Promise<Changes>
}
