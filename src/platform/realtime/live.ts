import type { Id } from '../ids.ts'
import { chatTopic, type Socket, userTopic } from './connection.ts'
import type { Gap } from './gap.ts'

/** A chat with sockets here. */
export interface LiveChat {
  readonly id: Id<'chat'>
  readonly topic: string
  /** The highest rev delivered to the topic. */
  head: number
  /** How many users here hear it. */
  users: number
  gap: Gap | null
}

/** A user with sockets here, or with one on its way. */
export interface LiveUser {
  readonly id: Id<'user'>
  readonly topic: string
  sockets: Socket[]
  /** The chats every socket of the user hears. Lists, not a map: of ten thousand users each byte counts. */
  readonly chats: LiveChat[]
  /** The user's own read mark in each of them. */
  readonly marks: number[]
  /** Reads of the heads in flight. What the log says meanwhile is kept in `moves`, for the read may be older. */
  loads: number
  moves: Map<Id<'chat'>, Move> | null
  /** The end of the user's heavy frames, null when none is at work. */
  turn: Promise<void> | null
}

export interface Move {
  rev: number
  isIn: boolean
}

/** What this node knows of who hears what. Only the log and the database's answers change it. */
export interface Live {
  readonly chats: Map<Id<'chat'>, LiveChat>
  readonly users: Map<Id<'user'>, LiveUser>
  /** Whose chats had to be read, and the database did not answer: they are read again by the next tick. */
  readonly unsettled: Set<Id<'user'>>
}

export const newLive = (): Live => ({ chats: new Map(), users: new Map(), unsettled: new Set() })

/** The user as this node knows it, with a read of the heads begun: `endLoad` must follow. */
export function beginLoad(live: Live, userId: Id<'user'>): LiveUser {
  let user = live.users.get(userId)
  if (user === undefined) {
    user = {
      id: userId,
      topic: userTopic(userId),
      sockets: [],
      chats: [],
      marks: [],
      loads: 0,
      moves: null,
      turn: null,
    }
    live.users.set(userId, user)
  }
  user.loads++
  user.moves ??= new Map()
  return user
}

export function endLoad(live: Live, user: LiveUser): void {
  user.loads--
  if (user.loads === 0) user.moves = null
  forgetIfGone(live, user)
}

export function addSocket(user: LiveUser, socket: Socket): void {
  user.sockets.push(socket)
  socket.subscribe(user.topic)
  for (const chat of user.chats) socket.subscribe(chat.topic)
}

export function removeSocket(live: Live, user: LiveUser, socket: Socket): void {
  user.sockets = user.sockets.filter((other) => other !== socket)
  forgetIfGone(live, user)
}

/** Opens the topic to all sockets of the user. `rev` is where a chat begins that nobody here has heard. */
export function enterChat(live: Live, user: LiveUser, chatId: Id<'chat'>, rev: number): LiveChat {
  let chat = live.chats.get(chatId)
  if (chat === undefined) {
    chat = { id: chatId, topic: chatTopic(chatId), head: rev, users: 0, gap: null }
    live.chats.set(chatId, chat)
  }
  if (user.chats.includes(chat)) return chat
  user.chats.push(chat)
  user.marks.push(0)
  chat.users++
  for (const socket of user.sockets) socket.subscribe(chat.topic)
  return chat
}

/** Takes the topic away from all sockets of the user; false if they did not have it. */
export function leaveChat(live: Live, user: LiveUser, chat: LiveChat): boolean {
  const at = user.chats.indexOf(chat)
  if (at < 0) return false
  user.chats.splice(at, 1)
  user.marks.splice(at, 1)
  for (const socket of user.sockets) socket.unsubscribe(chat.topic)
  forgetChatIfUnheard(live, chat)
  return true
}

/** Those here who hear a chat: rarely asked, so it is looked for. */
export const usersOf = (live: Live, chat: LiveChat): LiveUser[] =>
  [...live.users.values()].filter((user) => user.chats.includes(chat))

/** True when it was lower before. */
export function raiseMark(user: LiveUser, chat: LiveChat, seq: number): boolean {
  const at = user.chats.indexOf(chat)
  if (at < 0 || (user.marks[at] ?? 0) >= seq) return false
  user.marks[at] = seq
  return true
}

/** Σ (delivered rev + own mark): what a client that has missed nothing counts too. */
export function digestOf(user: LiveUser): number {
  let sum = 0
  for (const chat of user.chats) sum += chat.head
  for (const mark of user.marks) sum += mark
  return sum
}

function forgetIfGone(live: Live, user: LiveUser): void {
  if (user.sockets.length > 0 || user.loads > 0) return
  for (const chat of user.chats.splice(0)) forgetChatIfUnheard(live, chat)
  if (live.users.get(user.id) === user) live.users.delete(user.id)
}

function forgetChatIfUnheard(live: Live, chat: LiveChat): void {
  chat.users--
  if (chat.users > 0) return
  if (chat.gap !== null) clearTimeout(chat.gap.timer)
  chat.gap = null
  if (live.chats.get(chat.id) === chat) live.chats.delete(chat.id)
}
