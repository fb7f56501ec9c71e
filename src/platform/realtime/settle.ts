import type { Id } from '../ids.ts'
import type { ServerFrame } from './bus.ts'
import { beginLoad, endLoad, enterChat, type Live, type LiveUser, leaveChat, raiseMark } from './live.ts'
import type { LogReader, Position } from './reader.ts'

export interface Settling {
  live: Live
  reader: LogReader
  tell(topic: string, frame: ServerFrame): void
  /** What the log has beyond what was told here is filled. */
  noticeHead?(chatId: Id<'chat'>, rev: number): void
}

/** Reads where a user's chats stand and mends what the user's sockets hear by them. Told to the user where it was wrong. */
export async function settleUser(parts: Settling, userId: Id<'user'>): Promise<Position[]> {
  if (!parts.live.users.has(userId)) return []
  const user = beginLoad(parts.live, userId)
  try {
    const positions = await parts.reader.loadPositions(userId)
    settle(parts, user, positions)
    return positions
  } finally {
    endLoad(parts.live, user)
  }
}

function settle({ live, tell, noticeHead }: Settling, user: LiveUser, positions: readonly Position[]): void {
  if (user.sockets.length === 0) return
  const named = new Set<string>()
  let hasJoined = false
  for (const position of positions) {
    const { id, rev, last_read_seq } = position
    named.add(id)
    if (hasLeftSince(user, position)) continue
    const known = live.chats.get(id)
    const isNew = known === undefined || !user.chats.includes(known)
    if (isNew) hasJoined = true
    const isRaised = raiseMark(user, enterChat(live, user, id, rev), last_read_seq)
    noticeHead?.(id, rev)
    if (isRaised && !isNew) tell(user.topic, readFrame(user.id, position))
  }
  for (const chat of [...user.chats]) {
    if (named.has(chat.id) || user.moves?.get(chat.id)?.isIn) continue
    leaveChat(live, user, chat)
    tell(user.topic, { type: 'chat_removed', data: { chat_id: chat.id } })
  }
  if (hasJoined) tell(user.topic, { type: 'resync', data: { reason: 'joined' } })
}

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
