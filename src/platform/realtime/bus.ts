import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { watchTopic } from './connection.ts'
import { encodeFrame } from './encode.ts'
import { hold, releaseHeld } from './gap.ts'
import { enterChat, type Live, type LiveChat, leaveChat, newLive, raiseMark, usersOf } from './live.ts'
import { createFilling, moveOf, noteMove } from './moves.ts'
import type { LogReader } from './reader.ts'

/** `{type, data}` as `docs/protocol.md` names them. */
export interface ServerFrame {
  type: string
  data: object
  /** With `member_joined`, how far they have read: counted in their digest, and told to nobody. */
  mark?: number
}

/** How news leaves an action: after its commit, without an await in between. Nothing here can fail or refuse. */
export interface Bus {
  /**
   * A durable event of a chat's log, told to this node's sockets once and in `rev` order (what comes early is held,
   * what is missing is filled from the database). `member_joined` opens the live topic to that user's sockets before
   * it is told, `member_left` takes it away before anything with a greater rev is told (C8).
   */
  deliver(chatId: Id<'chat'>, rev: number, frame: ServerFrame): void
  /**
   * Opens the live topic to all sockets of these users, from `rev` on: for a chat that they first hear of by
   * `chat_created` (a new chat has no `member_joined` that anybody could have missed).
   */
  admit(chatId: Id<'chat'>, userIds: readonly Id<'user'>[], rev: number): void
  /** Takes the live topic away from everybody: the chat was deleted. */
  close(chatId: Id<'chat'>): void
  /** To all sockets of one user: `chat_created`, `chat_removed`, `me_updated`, `user_updated`, `resync`. */
  tellUser(userId: Id<'user'>, frame: ServerFrame): void
  /** To all sockets in a chat, without a rev: `message_read`, `user_typing`. May be lost. */
  tellChat(chatId: Id<'chat'>, frame: ServerFrame): void
  /** To those who watch this user's presence. May be lost. */
  tellWatchers(userId: Id<'user'>, frame: ServerFrame): void
  /** A user's own read mark moved: told to their other devices by the caller, noted here for the digest. */
  noteMark(userId: Id<'user'>, chatId: Id<'chat'>, lastReadSeq: number): void
  /** Sessions of this user ended or changed: their sockets are checked against the database at once. */
  recheck(userId: Id<'user'>): void
}

/** The bus with what the socket side needs of it. Made before the server is: `attach` gives it a voice. */
export interface LocalBus extends Bus {
  readonly live: Live
  readonly reader: LogReader
  attach(publish: Publish): void
  /** Encodes once, publishes once. */
  tell(topic: string, frame: ServerFrame): void
  /** The database's head of a chat, from a sweep or a fresh socket: what is missing is filled. */
  noticeHead(chatId: Id<'chat'>, rev: number): void
  /** Called for each `recheck`. */
  onRecheck(check: (userId: Id<'user'>) => void): void
}

export type Publish = (topic: string, text: string) => void

export function createBus(reader: LogReader, log: Log, metrics: Metrics): LocalBus {
  const live = newLive()
  let publish: Publish = () => {}
  let check = (_userId: Id<'user'>): void => {}
  const tell = (topic: string, frame: ServerFrame): void => publish(topic, encodeFrame(frame))
  const filling = createFilling({ live, reader, log, tell, fills: metrics.fills })
  return {
    live,
    reader,
    tell,
    attach: (voice) => {
      publish = voice
    },
    onRecheck: (checker) => {
      check = checker
    },
    deliver: (chatId, rev, frame) => {
      const chat = findOrOpen(live, chatId, rev, frame)
      if (chat === undefined || rev <= chat.head) return
      if (rev !== chat.head + 1 || chat.gap?.isFilling) return hold(filling, chat, rev, frame)
      filling.release(chat, rev, frame)
      releaseHeld(filling, chat)
    },
    noticeHead: (chatId, rev) => {
      const chat = live.chats.get(chatId)
      if (chat !== undefined && rev > chat.head) hold(filling, chat, rev, null)
    },
    admit: (chatId, userIds, rev) => {
      for (const userId of userIds) admit(live, chatId, userId, rev)
    },
    close: (chatId) => closeChat(live, chatId),
    tellUser: (userId, frame) => {
      const user = live.users.get(userId)
      if (user !== undefined && user.sockets.length > 0) tell(user.topic, frame)
    },
    tellChat: (chatId, frame) => {
      const chat = live.chats.get(chatId)
      if (chat !== undefined) tell(chat.topic, frame)
    },
    tellWatchers: (userId, frame) => tell(watchTopic(userId), frame),
    noteMark: (userId, chatId, seq) => {
      const user = live.users.get(userId)
      const chat = live.chats.get(chatId)
      if (user !== undefined && chat !== undefined) raiseMark(user, chat, seq)
    },
    recheck: (userId) => check(userId),
  }
}

/** A chat that nobody here hears begins with the first person who joins it from here. */
function findOrOpen(live: Live, chatId: Id<'chat'>, rev: number, frame: ServerFrame): LiveChat | undefined {
  const chat = live.chats.get(chatId)
  const move = moveOf(frame)
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
