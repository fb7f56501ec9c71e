import type { Id } from '../ids.ts'
import type { ServerFrame } from './bus.ts'
import { beginLoad, endLoad, enterChat, type Live, type LiveUser, leaveChat, raiseMark } from './live.ts'
import type { Head, LogReader } from './reader.ts'

export interface Settling {
  live: Live
  reader: LogReader
  tell(topic: string, frame: ServerFrame): void
}

/** Reads a user's heads and mends what the user's sockets hear by them. Told to the user where it was wrong. */
export async function settleUser(parts: Settling, userId: Id<'user'>): Promise<Head[]> {
  if (!parts.live.users.has(userId)) return []
  const user = beginLoad(parts.live, userId)
  try {
    const heads = await parts.reader.loadHeads(userId)
    settle(parts, user, heads)
    return heads
  } finally {
    endLoad(parts.live, user)
  }
}

function settle({ live, tell }: Settling, user: LiveUser, heads: readonly Head[]): void {
  if (user.sockets.length === 0) return
  const named = new Set<string>()
  let hasJoined = false
  for (const head of heads) {
    named.add(head.id)
    if (hasLeftSince(user, head)) continue
    const known = live.chats.get(head.id)
    if (known === undefined || !user.chats.includes(known)) hasJoined = true
    raiseMark(user, enterChat(live, user, head.id, head.rev), head.last_read_seq)
  }
  for (const chat of [...user.chats]) {
    if (named.has(chat.id) || user.moves?.get(chat.id)?.isIn) continue
    leaveChat(live, user, chat)
    tell(user.topic, { type: 'chat_removed', data: { chat_id: chat.id } })
  }
  if (hasJoined) tell(user.topic, { type: 'resync', data: { reason: 'joined' } })
}

/** Whether the log has told, while the heads were read, that the user left. */
export function hasLeftSince(user: LiveUser, head: Head): boolean {
  const move = user.moves?.get(head.id)
  return move !== undefined && !move.isIn && move.rev > head.rev
}
