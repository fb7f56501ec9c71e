import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Audience } from './audience.ts'
import { watchTopic } from './connection.ts'
import { encodeFrame } from './encode.ts'
import { type Live, newLive } from './live.ts'
import { createFilling, moveOf } from './moves.ts'
import { hearPacket, tellByRelay } from './packets.ts'
import type { LogReader } from './reader.ts'
import type { Relay } from './relay.ts'
import { type Ears, tellHere } from './tellHere.ts'

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
   * A durable event of a chat's log, told to every node's sockets once and in `rev` order (what comes early is held,
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
  /** To those here who watch this user's presence: each node knows by itself. May be lost. */
  tellWatchers(userId: Id<'user'>, frame: ServerFrame): void
  /** A user's own read mark moved: told to their other devices by the caller, noted here for the digest. */
  noteMark(userId: Id<'user'>, chatId: Id<'chat'>, lastReadSeq: number): void
  /** Sessions of this user ended or changed: their sockets are checked against the database at once. */
  recheck(userId: Id<'user'>): void
  /**
   * Something was asked for again that is there already: its commit may have become visible so late that every sweep had
   * passed, and whoever made it may have told nobody. Each node compares the chat with the database at its next look.
   */
  lookAt(chatId: Id<'chat'>): void
}

/** The bus with what the socket side needs of it. Made before the server is: `attach` gives it a voice. */
export interface LocalBus extends Bus {
  readonly live: Live
  readonly reader: LogReader
  readonly relay: Relay
  attach(publish: Publish): void
  /** Encodes once, publishes once. */
  tell(topic: string, frame: ServerFrame): void
  /** The database's head of a chat, from a sweep or a fresh socket: what is missing is filled. */
  noticeHead(chatId: Id<'chat'>, rev: number): void
  /** The database has less of a chat than was told here: a standby that took over without the last moments. */
  noticeLoss(chatId: Id<'chat'>): void
  /** Called for each `recheck`, of this node and of others. */
  onRecheck(check: (userId: Id<'user'>) => void): void
  /** Called for each `lookAt`, of this node and of others. */
  onLookAt(look: (chatId: Id<'chat'>) => void): void
  /** To the other nodes, of who is here; and what they say. May be lost. */
  tellNodes(text: string): void
  onNodes(hear: (text: string) => void): void
}

export type Publish = (topic: string, text: string) => void

export interface BusParts {
  reader: LogReader
  relay: Relay
  log: Log
  metrics: Metrics
}

export function createBus({ reader, relay, log, metrics }: BusParts): LocalBus {
  const live = newLive()
  const ears: Ears = { recheck: () => {}, lookAt: () => {}, nodes: () => {} }
  let publish: Publish = () => {}
  const say: Publish = (topic, text) => publish(topic, text)
  const tell = (topic: string, frame: ServerFrame): void => say(topic, encodeFrame(frame))
  const filling = createFilling({ live, reader, log, say, tell, fills: metrics.fills })
  const here = tellHere({ settling: { live, reader, tell }, filling, say, log, ears })
  const there = tellByRelay(relay)
  const everywhere = (speak: (to: Audience) => void): void => {
    speak(here)
    speak(there)
  }
  /** Nobody hears it: then it is not encoded either. */
  const isForNobody = (isHeardHere: boolean): boolean => !relay.isShared && !isHeardHere
  relay.listen((packet) => {
    try {
      hearPacket(packet, here)
    } catch (error) {
      log.warn({ err: error }, 'a packet of another node was not understood')
    }
  })
  return {
    live,
    reader,
    relay,
    tell,
    attach: (voice) => {
      publish = voice
    },
    onRecheck: (checker) => {
      ears.recheck = checker
    },
    onLookAt: (look) => {
      ears.lookAt = look
    },
    onNodes: (hear) => {
      ears.nodes = hear
    },
    tellNodes: there.tellNodes,
    deliver: (chatId, rev, frame) => {
      const move = moveOf(frame)
      if (isForNobody(move !== null || live.chats.has(chatId))) return
      const told = { text: encodeFrame(frame), move }
      everywhere((to) => to.deliver(chatId, rev, told))
    },
    noticeHead: here.noticeHead,
    noticeLoss: here.noticeLoss,
    admit: (chatId, userIds, rev) => everywhere((to) => to.admit(chatId, userIds, rev)),
    close: (chatId) => everywhere((to) => to.close(chatId)),
    tellUser: (userId, frame) => {
      if (isForNobody(live.users.has(userId))) return
      const text = encodeFrame(frame)
      const chatId = chatOf(frame)
      everywhere((to) => to.tellUser(userId, text, chatId))
    },
    tellChat: (chatId, frame) => {
      if (isForNobody(live.chats.has(chatId))) return
      const text = encodeFrame(frame)
      everywhere((to) => to.tellChat(chatId, text))
    },
    tellWatchers: (userId, frame) => tell(watchTopic(userId), frame),
    noteMark: (userId, chatId, seq) => everywhere((to) => to.noteMark(userId, chatId, seq)),
    recheck: (userId) => everywhere((to) => to.recheck(userId)),
    lookAt: (chatId) => everywhere((to) => to.lookAt(chatId)),
  }
}

/** The chat that a frame to a user is of. */
function chatOf({ data }: ServerFrame): string | undefined {
  const { chat, chat_id } = data as { chat?: { id: string }; chat_id?: string }
  return chat?.id ?? chat_id
}
