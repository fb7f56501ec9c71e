import type { ServerWebSocket } from 'bun'
import type { Id } from '../ids.ts'
import type { Session } from '../session.ts'
import { readTrace, type Trace, traceNow } from '../trace.ts'
import type { LiveUser } from './live.ts'

export const PRESENCE_STATES = ['online', 'away', 'dnd'] as const
export type PresenceState = (typeof PRESENCE_STATES)[number]

/** What a node remembers of one socket: flat and small, for there are ten thousand. Times are `performance.now()`. */
export interface Connection {
  readonly session: Session
  readonly user: LiveUser
  readonly openedAt: number
  /** Of the request that opened it. */
  readonly trace: Trace
  /** The last inbound frame: data or pong. What we send proves nothing about the other side. */
  heardAt: number
  pingedAt: number
  /** Since when bytes wait for the reader, 0 when none do. */
  stuckSince: number
  /** Told to close with 4408, to be cut if it does not. */
  isCut: boolean
  /** Frames of the current window. */
  frames: number
  windowAt: number
  /** Running handlers. */
  running: number
  /** Heavy frames that run or wait for their turn: see `turns.ts`. */
  turns: number
  /** Of `rate_limited` answers: the last, and the first of the present flood. */
  limitedAt: number
  floodSince: number
  /** Chats with running frames: see `lanes.ts`. */
  lanes: Map<string, Lane> | null
  state: PresenceState
  /** Topics of those whose presence is watched. */
  watched: readonly string[]
}

/** Frames of one type on one chat that run side by side. */
export interface Lane {
  readonly type: string
  /** What they wait for: the end of the frames of another type before them. */
  readonly start: Promise<void> | null
  running: number
  /** Made when others wait for their end. */
  end: PromiseWithResolvers<void> | null
}

export type Socket = ServerWebSocket<Connection>

export const chatTopic = (chatId: string): string => `c:${chatId}`
export const userTopic = (userId: string): string => `u:${userId}`
export const watchTopic = (userId: string): string => `p:${userId}`

const NOBODY: readonly string[] = []

export function newConnection(session: Session, user: LiveUser, now: number): Connection {
  return {
    session: { ...session, userId: user.id },
    user,
    trace: traceNow() ?? readTrace(null, null),
    openedAt: now,
    heardAt: now,
    // Spread, so that ten thousand sockets that came at once are not pinged at once.
    pingedAt: now - Math.random() * 20_000,
    stuckSince: 0,
    isCut: false,
    frames: 0,
    windowAt: 0,
    running: 0,
    turns: 0,
    limitedAt: 0,
    floodSince: 0,
    lanes: null,
    state: 'online',
    watched: NOBODY,
  }
}

/** Whether the socket hears this chat: the live answer to "is a member", which only the log changes. */
export const isIn = (socket: Socket, chatId: Id<'chat'>): boolean => socket.isSubscribed(chatTopic(chatId))

/** From now on the socket hears of the presence of these users, and of no others. */
export function watch(socket: Socket, userIds: readonly Id<'user'>[]): void {
  const topics = userIds.map(watchTopic)
  for (const topic of socket.data.watched) if (!topics.includes(topic)) socket.unsubscribe(topic)
  for (const topic of topics) socket.subscribe(topic)
  socket.data.watched = topics
}
