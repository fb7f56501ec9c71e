import type { Id } from '../ids.ts'
import type { ServerFrame } from './bus.ts'
import {
  beginLoad,
  endLoad,
  enterChat,
  type Live,
  type LiveChat,
  type LiveUser,
  leaveChat,
  raiseMark,
} from './live.ts'
import type { LogReader, Position } from './reader.ts'

export interface Settling {
  live: Live
  reader: LogReader
  tell(topic: string, frame: ServerFrame): void
  /** What the log has beyond what was told here is filled. */
  noticeHead?(chatId: Id<'chat'>, rev: number): void
}

/**
 * Reads where a user's chats stand and mends what the user's sockets hear by them. Told to the user where it was wrong.
 * What fails is done again by the next tick, whoever asked for it.
 */
export async function settleUser(parts: Settling, userId: Id<'user'>): Promise<Position[]> {
  parts.live.unsettled.delete(userId)
  if (!parts.live.users.has(userId)) return []
  const user = beginLoad(parts.live, userId)
  try {
    const positions = await parts.reader.loadPositions(userId)
    settle(parts, user, positions)
    return positions
  } catch (error) {
    parts.live.unsettled.add(userId)
    throw error
  } finally {
    endLoad(parts.live, user)
  }
}

function settle(parts: Settling, user: LiveUser, positions: readonly Position[]): void {
  const { tell, noticeHead } = parts
  if (user.sockets.length === 0) return
  const named = new Set<string>()
  let hasJoined = false
  for (const position of positions) {
    const { id, rev } = position
    named.add(id)
    if (hasLeftSince(user, position)) continue
    if (takePosition(parts, user, position).isNew) hasJoined = true
    noticeHead?.(id, rev)
  }
  for (const chat of [...user.chats]) {
    if (named.has(chat.id) || user.moves?.get(chat.id)?.isIn) continue
    leaveChat(parts.live, user, chat)
    // Without a rev: at which one they went the answer does not say, and the head of this node may be below what a client
    // has read since. A client in the chat again by then takes it back with what is told of that.
    tell(user.topic, { type: 'chat_removed', data: { chat_id: chat.id } })
  }
  if (hasJoined) tell(user.topic, joinedFrame())
}

/**
 * Opens the topic that an answer of the database names to all sockets of the user, and takes over the mark; those that
 * heard the chat before are told where it moved. Of chats that are new to them the caller tells.
 */
export function takePosition(
  { live, tell }: Settling,
  user: LiveUser,
  position: Position,
): { chat: LiveChat; isNew: boolean } {
  const before = user.chats.length
  const chat = enterChat(live, user, position.id, position.rev)
  const isNew = user.chats.length > before
  const isRaised = raiseMark(user, chat, position.last_read_seq)
  if (isRaised && !isNew) tell(user.topic, readFrame(user.id, position))
  return { chat, isNew }
}

/** There is a chat that the client may not know. */
export const joinedFrame = (): ServerFrame => ({ type: 'resync', data: { reason: 'joined' } })

/** Read on another device whose node could not say so. */
const readFrame = (userId: Id<'user'>, { id, last_read_seq }: Position): ServerFrame => ({
  type: 'message_read',
  data: { chat_id: id, user_id: userId, seq: last_read_seq },
})

/** Whether the log has told, while this was read, that the user left. */
export function hasLeftSince(user: LiveUser, { id, rev }: Position): boolean {
  const move = user.moves?.get(id)
  return move !== undefined && !move.isIn && move.rev > rev
}
