import type { WebSocketHandler } from 'bun'
import type { App } from '../context.ts'
import type { Id } from '../ids.ts'
import type { Session } from '../session.ts'
import { createAcks } from './acks.ts'
import { type Admission, createAdmission } from './admission.ts'
import type { LocalBus } from './bus.ts'
import type { Connection, Socket } from './connection.ts'
import { type Descriptors, watchDescriptors } from './descriptors.ts'
import type { Frames } from './frames.ts'
import { sayHello } from './hello.ts'
import { removeSocket } from './live.ts'
import type { Head } from './reader.ts'
import { type Desk, receive } from './receive.ts'
import type { Settling } from './settle.ts'

/** What the sockets need of the rooms: the roof hands it over. */
export interface RealtimeDeps {
  /** The same judgement as REST's (S-05), by whatever the handshake offers; a ticket is taken and gone. */
  authenticateSocket(request: Request, isHttps: boolean): Promise<SocketAnswer>
  /** Whether the request carries a cookie of ours: then it needs an Origin. */
  hasCookie(headers: Headers, isHttps: boolean): boolean
  /** Of these sessions, those that are neither over nor revoked. */
  sessionsAlive(ids: readonly Id<'session'>[]): Promise<ReadonlySet<Id<'session'>>>
  /** Sessions of these users ended or changed: whatever this process remembers of them is worth nothing. */
  forgetSessions(userIds: readonly Id<'user'>[]): void
  /** Chats whose `changed_at` is later than `since` (Unix ms, the database's clock). */
  changedChats(since: number): Promise<Moved[]>
  /** Where these chats stand; those that are gone are not among them. */
  headsOf(ids: readonly Id<'chat'>[]): Promise<ChatHead[]>
  /** Who is in these chats; with `among`, who of them. */
  membersOf(
    ids: readonly Id<'chat'>[],
    among: readonly Id<'user'>[] | null,
  ): Promise<{ chat_id: Id<'chat'>; user_id: Id<'user'> }[]>
  /** Users whose `authz_changed_at` is later than `since`. */
  changedUsers(since: number): Promise<readonly AuthzChange[]>
  /** Client frames by type, of all rooms. `ping` is answered here. */
  frames: Frames
  /** Names the history of the database: changed by a restore. */
  epoch: string
  /** Names this process. */
  node: string
  /** A user's first socket came, or one changed its state, or the last went. */
  onPresence(userId: Id<'user'>): void
}

/** Where a chat stands, and how many are in it. */
export interface ChatHead {
  id: Id<'chat'>
  rev: number
  member_count: number
}

/** A chat whose log moved. */
export interface Moved extends ChatHead {
  /** 1 when somebody may hear of it only now: just made, or a direct chat with its first words. */
  is_young: number
}

/** Somebody's sessions ended or changed, at a time (Unix ms) that is later for each change. */
export interface AuthzChange {
  id: Id<'user'>
  changed_at: number
}

export interface SocketAnswer {
  /** Null for whatever is not good. */
  session: Session | null
  /** Sent with the upgrade: a browser's tokens were renewed. */
  setCookies: readonly string[]
}

export interface Realtime {
  readonly deps: RealtimeDeps
  readonly bus: LocalBus
  readonly desk: Desk
  readonly sockets: Set<Socket>
  readonly settling: Settling
  readonly admission: Admission
  readonly descriptors: Descriptors
  /** When a user's sessions last changed: a socket whose handshake is older is looked at once more. */
  readonly rechecked: Map<Id<'user'>, number>
  /** Sockets of which the database did not say whether their session is good. */
  readonly unsure: Set<Socket>
  /** From the reading of the heads to `open`, which comes in the same tick as the upgrade. */
  readonly hellos: WeakMap<Connection, Head[]>
}

/** Resumes let in a second: more than this only makes all of them slow. */
const RESUMES_A_SECOND = 1000

export function createRealtime(app: App, bus: LocalBus, deps: RealtimeDeps): Realtime {
  return {
    deps,
    bus,
    desk: { app, frames: deps.frames, say: createAcks(), isClosed: false, running: 0 },
    sockets: new Set(),
    settling: bus,
    admission: createAdmission(RESUMES_A_SECOND * app.config.limitsFactor),
    descriptors: watchDescriptors(),
    rechecked: new Map(),
    unsure: new Set(),
    hellos: new WeakMap(),
  }
}

const MAX_FRAME = 64 * 1024
/** A reader that is so far behind is cut and resumes by `sync` (C11). */
const MAX_UNSENT = 1024 * 1024

/** Bun's own handlers. None is async: a rejection in one would reach nobody. */
export function websocketOf(realtime: Realtime): WebSocketHandler<Connection> {
  const heard = (socket: Socket): void => {
    socket.data.heardAt = performance.now()
  }
  return {
    maxPayloadLength: MAX_FRAME,
    backpressureLimit: MAX_UNSENT,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    // Whatever we send re-arms Bun's idle timer: our own clock of inbound frames decides (`reaper.ts`).
    idleTimeout: 300,
    sendPings: false,
    open: (socket) => open(realtime, socket),
    message: (socket, message) => {
      heard(socket)
      receive(realtime.desk, socket, message)
    },
    ping: heard,
    pong: heard,
    drain: (socket) => {
      socket.data.stuckSince = 0
    },
    close: (socket, code) => {
      realtime.desk.app.metrics.countClose(code)
      close(realtime, socket)
    },
  }
}

function open(realtime: Realtime, socket: Socket): void {
  const heads = realtime.hellos.get(socket.data) ?? []
  realtime.hellos.delete(socket.data)
  realtime.sockets.add(socket)
  sayHello(realtime, socket, heads)
  realtime.deps.onPresence(socket.data.user.id)
}

function close(realtime: Realtime, socket: Socket): void {
  realtime.sockets.delete(socket)
  realtime.unsure.delete(socket)
  removeSocket(realtime.bus.live, socket.data.user, socket)
  realtime.deps.onPresence(socket.data.user.id)
}
