import type { Id } from '../ids.ts'
import type { UserMove } from './moves.ts'

/** A durable event as it is told: encoded once, and what it says of who hears the chat. */
export interface Told {
  readonly text: string
  readonly move: UserMove | null
}

/** Whom something is told: this node's sockets, or the other nodes. It is the bus, with everything encoded. */
export interface Audience {
  deliver(chatId: Id<'chat'>, rev: number, told: Told): void
  admit(chatId: Id<'chat'>, userIds: readonly Id<'user'>[], rev: number): void
  close(chatId: Id<'chat'>): void
  tellChat(chatId: Id<'chat'>, text: string): void
  /** `chatId`: the chat that it is of, so that it comes in turn with what else is said of that. */
  tellUser(userId: Id<'user'>, text: string, chatId: string | undefined): void
  noteMark(userId: Id<'user'>, chatId: Id<'chat'>, lastReadSeq: number): void
  recheck(userId: Id<'user'>): void
  lookAt(chatId: Id<'chat'>): void
  /** Who is where, in the words of `presence`. */
  tellNodes(text: string): void
}
