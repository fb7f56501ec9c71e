import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Audience } from './audience.ts'
import { type Filling, hold, releaseHeld, rewind } from './gap.ts'
import { enterChat, type Live, type LiveChat, leaveChat, raiseMark, usersOf } from './live.ts'
import { noteMove, type UserMove } from './moves.ts'
import { type Settling, settleUser } from './settle.ts'

interface Parts {
  settling: Settling
  filling: Filling
  log: Log
  say(topic: string, text: string): void
  ears: Ears
}

/** Who hears what does not go to sockets. */
export interface Ears {
  recheck(userId: Id<'user'>): void
  lookAt(chatId: Id<'chat'>): void
  nodes(text: string): void
}

/** The same for this node's sockets, and what only this node finds out by itself. */
export interface AudienceHere extends Audience {
  noticeHead(chatId: Id<'chat'>, rev: number): void
  noticeLoss(chatId: Id<'chat'>): void
}

/** Tells this node's sockets what its own actions or another node say. */
export function tellHere({ settling, filling, log, say, ears }: Parts): AudienceHere {
  const { live } = settling
  const settle = (userId: Id<'user'>): void =>
    void settleUser(settling, userId).catch((error: unknown) =>
      log.warn({ err: error }, 'could not read what somebody hears'),
    )
  return {
    noticeHead: (chatId, rev) => {
      const chat = live.chats.get(chatId)
      if (chat !== undefined && rev > chat.head) hold(filling, chat, rev, null)
    },
    noticeLoss: (chatId) => {
      const chat = live.chats.get(chatId)
      if (chat !== undefined) rewind(filling, chat)
    },
    deliver: (chatId, rev, told) => {
      const chat = findOrOpen(live, chatId, rev, told.move)
      if (chat === undefined || rev <= chat.head) return
      if (rev !== chat.head + 1 || chat.gap?.isFilling) return hold(filling, chat, rev, told)
      filling.release(chat, rev, told)
      releaseHeld(filling, chat)
    },
    admit: (chatId, userIds, rev) => {
      const isLate = (live.chats.get(chatId)?.head ?? 0) > rev
      // Its node slept: whoever was admitted then may have been removed since (C8).
      for (const userId of userIds)
        if (isLate) settle(userId)
        else admit(live, chatId, userId, rev)
    },
    close: (chatId) => closeChat(live, chatId),
    tellUser: (userId, text) => {
      const user = live.users.get(userId)
      if (user !== undefined && user.sockets.length > 0) say(user.topic, text)
    },
    tellChat: (chatId, text) => {
      const chat = live.chats.get(chatId)
      if (chat !== undefined) say(chat.topic, text)
    },
    noteMark: (userId, chatId, seq) => {
      const user = live.users.get(userId)
      const chat = live.chats.get(chatId)
      if (user !== undefined && chat !== undefined) raiseMark(user, chat, seq)
    },
    recheck: (userId) => ears.recheck(userId),
    lookAt: (chatId) => ears.lookAt(chatId),
    tellNodes: (text) => ears.nodes(text),
  }
}

/** A chat that nobody here hears begins with the first person who joins it from here. */
function findOrOpen(
  live: Live,
  chatId: Id<'chat'>,
  rev: number,
  move: UserMove | null,
): LiveChat | undefined {
  const chat = live.chats.get(chatId)
  if (chat !== undefined || move === null) return chat
  noteMove(live, chatId, move)
  const user = live.users.get(move.userId)
  if (!move.isIn || user === undefined || user.sockets.length === 0) return undefined
  return enterChat(live, user, chatId, rev - 1)
}

function admit(live: Live, chatId: Id<'chat'>, userId: Id<'user'>, rev: number): void {
  noteMove(live, chatId, { userId, rev, isIn: true })
  const user = live.users.get(userId)
  if (user !== undefined && user.sockets.length > 0) enterChat(live, user, chatId, rev)
}

function closeChat(live: Live, chatId: Id<'chat'>): void {
  for (const user of live.users.values())
    user.moves?.set(chatId, { rev: Number.POSITIVE_INFINITY, isIn: false })
  const chat = live.chats.get(chatId)
  if (chat === undefined) return
  for (const user of usersOf(live, chat)) leaveChat(live, user, chat)
}
