import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { createApi, createPages } from '../platform/http/createApi.ts'
import { createFront, type Front } from '../platform/http/front.ts'
import type { Checks } from '../platform/http/health.ts'
import { createMemoryLimits } from '../platform/http/limits.memory.ts'
import { toProblem } from '../platform/http/problem.ts'
import { type HttpServer, startServer } from '../platform/http/server.ts'
import { type Id, newId } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { createMetrics, type Metrics } from '../platform/metrics/metrics.ts'
import { createBus, type LocalBus, type ServerFrame } from '../platform/realtime/bus.ts'
import { type Clockwork, startClockwork } from '../platform/realtime/clockwork.ts'
import type { Frames } from '../platform/realtime/frames.ts'
import type { Changes, Head } from '../platform/realtime/reader.ts'
import { relayToNobody } from '../platform/realtime/relay.memory.ts'
import type { Relay } from '../platform/realtime/relay.ts'
import { createRealtime, type Realtime, type RealtimeDeps } from '../platform/realtime/socket.ts'
import type { Session } from '../platform/session.ts'
import { openSocketClient, type TestSocket } from './socket.ts'

export type Person = 'ann' | 'bo' | 'cy' | 'ada'
export const CAST: Record<Person, Id<'user'>> = { ann: newId(), bo: newId(), cy: newId(), ada: newId() }

interface Row {
  rev: number
  text: string
}

interface Member {
  rev: number
  left_at: string | null
}

/** A chat's log as the database would keep it: rows in their last state. */
export interface TestChat {
  id: Id<'chat'>
  rev: number
  rows: Row[]
  members: Map<Id<'user'>, Member>
  marks: Map<Id<'user'>, number>
  /** It was made just now, as the sweep sees it. */
  isYoung?: true
}

/** The HTTP front and the sockets over a log in memory: everything that is platform is real. */
export interface Wire {
  app: App
  bus: LocalBus
  realtime: Realtime
  http: HttpServer
  clockwork: Clockwork
  url: string
  chats: Map<Id<'chat'>, TestChat>
  ended: Set<string>
  chat(...people: Person[]): TestChat
  /** Stores the next message and returns its frame, untold. */
  store(chat: TestChat, text: string): { rev: number; frame: ServerFrame }
  say(chat: TestChat, text: string): void
  move(chat: TestChat, person: Person, isIn: boolean): { rev: number; frame: ServerFrame }
  connect(person: Person, headers?: Record<string, string>): Promise<TestSocket>
  stop(): Promise<void>
}

export interface WireOptions {
  frames?: Frames
  deps?: Partial<RealtimeDeps>
  config?: Partial<App['config']>
  listen?: { unix: string }
  /** Awaited inside the reads of the log: a test holds them here. */
  gate?: { heads?: () => Promise<void>; changes?: () => Promise<void> }
  routes?(api: ReturnType<typeof createApi>, pages: ReturnType<typeof createPages>): void
  checks?: () => Checks
  metricsToken?: string
  /** What it hears other nodes by; alone without. */
  relay?: Relay
  /** The log of another node's team: both have one database. */
  chats?: Map<Id<'chat'>, TestChat>
}

export function startWire(options: WireOptions = {}): Wire {
  const chats = options.chats ?? new Map<Id<'chat'>, TestChat>()
  const ended = new Set<string>()
  const log = createLog('silent')
  const metrics = createMetrics()
  const relay = options.relay ?? relayToNobody
  const bus = createBus({ reader: readerOf(chats, options), relay, log, metrics })
  const app = appOf(bus, metrics, options)
  const realtime = createRealtime(app, bus, {
    ...depsOf(chats, ended),
    frames: options.frames ?? {},
    ...options.deps,
  })
  const http = startServer({
    listen: options.listen ?? { hostname: '127.0.0.1', port: 0 },
    front: frontOf(app, options),
    realtime,
    operations: {
      health: { look: async () => options.checks?.() ?? {} },
      metricsToken: options.metricsToken ?? null,
      expose: async () => 'warren_up 1\n',
    },
    assets: () => null,
  })
  const clockwork = startClockwork(realtime)
  const url = `http://127.0.0.1:${http.server.port}`
  const store = (chat: TestChat, text: string) => {
    const rev = ++chat.rev
    chat.rows.push({ rev, text })
    return { rev, frame: { type: 'new_message', data: { chat_id: chat.id, rev, text } } }
  }
  return {
    app,
    bus,
    realtime,
    http,
    clockwork,
    url,
    chats,
    ended,
    chat: (...people) => {
      const id = newId<'chat'>()
      const members = new Map(people.map((person) => [CAST[person], { rev: 0, left_at: null }]))
      const chat: TestChat = { id, rev: 0, rows: [], members, marks: new Map() }
      chats.set(id, chat)
      return chat
    },
    store,
    say: (chat, text) => {
      const { rev, frame } = store(chat, text)
      bus.deliver(chat.id, rev, frame)
    },
    move: (chat, person, isIn) => {
      const rev = ++chat.rev
      const member = { rev, left_at: isIn ? null : new Date(0).toISOString() }
      chat.members.set(CAST[person], member)
      const data = { chat_id: chat.id, rev, member: { user: { id: CAST[person] }, ...member } }
      return { rev, frame: { type: isIn ? 'member_joined' : 'member_left', data } }
    },
    connect: (person, headers = {}) =>
      openSocketClient(`${url.replace('http', 'ws')}/ws`, { authorization: `Bearer ${person}`, ...headers }),
    stop: async () => {
      clockwork.stop()
      await http.server.stop(true)
    },
  }
}

export function sessionOf(token: string | undefined): Session | null {
  const [person = '', session] = (token ?? '').split('.')
  if (!Object.hasOwn(CAST, person)) return null
  const id = (session ?? `s-${person}`) as Id<'session'>
  return { id, userId: CAST[person as Person], role: 'member', kind: 'person' }
}

function frontOf(app: App, { routes }: WireOptions): Front {
  const api = createApi()
  const pages = createPages()
  routes?.(api, pages)
  return createFront({
    app,
    api,
    pages,
    identify: async ({ headers }) => ({
      session: sessionOf(headers.get('authorization')?.slice('Bearer '.length)),
      setCookies: headers.has('x-renew') ? ['warren_access=new'] : [],
    }),
    isOpen: () => true,
    hasCookie: (headers) => headers.get('cookie')?.includes('warren=') === true,
    renderError: (c, refusal) => {
      const { status } = toProblem(refusal, '')
      return c.html(`<!doctype html><title>${refusal.reason}</title>`, status as 404)
    },
  })
}

function appOf(bus: LocalBus, metrics: Metrics, { config }: WireOptions): App {
  const app = {
    config: { baseUrl: null, limitsFactor: 1, wsUrlToken: true, trustedProxies: [], ...config },
    bus,
    limits: createMemoryLimits(config?.limitsFactor ?? 1),
    clock: { now: () => Date.now() },
    metrics,
    log: createLog('silent'),
  }
  return app as unknown as App
}

function readerOf(chats: Map<Id<'chat'>, TestChat>, { gate }: WireOptions) {
  const load = async (userId: Id<'user'>): Promise<Head[]> => {
    const heads = headsOf(chats, userId)
    await gate?.heads?.()
    return heads
  }
  return {
    loadHeads: load,
    loadPositions: load,
    loadChanges: async (chatId: Id<'chat'>, after: number): Promise<Changes> => {
      const chat = chats.get(chatId) ?? refuse('not_found', 'chat')
      const changes = changesOf(chat, after)
      await gate?.changes?.()
      return changes
    },
  }
}

function headsOf(chats: Map<Id<'chat'>, TestChat>, userId: Id<'user'>): Head[] {
  return [...chats.values()]
    .filter(({ members }) => members.get(userId)?.left_at === null)
    .map(({ id, rev, rows, marks }) => ({
      id,
      rev,
      last_seq: rows.length,
      last_read_seq: marks.get(userId) ?? 0,
      unread: 0,
      mentions: 0,
    }))
}

const PAGE = 200
const RESET_AFTER = 2000

function changesOf(chat: TestChat, after: number): Changes {
  const empty = {
    after,
    rev: chat?.rev ?? 0,
    messages: [],
    members: [],
    chat: null,
    more: false,
    reset: false,
  }
  if (chat.rev - after > RESET_AFTER || after > chat.rev) return { ...empty, reset: true }
  const messages = chat.rows.filter(({ rev }) => rev > after).map((row) => ({ ...row, kind: 'm' }))
  const members = [...chat.members]
    .filter(([, { rev }]) => rev > after)
    .map(([id, member]) => ({ user: { id }, ...member, kind: 'u' }))
  const rows = [...messages, ...members].sort((a, b) => a.rev - b.rev)
  const page = rows.slice(0, PAGE)
  const more = rows.length > PAGE
  return {
    ...empty,
    rev: more ? (page.at(-1)?.rev ?? after) : chat.rev,
    messages: messages.filter((row) => page.includes(row)),
    members: members.filter((row) => page.includes(row)),
    more,
  }
}

const headOf = ({ id, rev, members }: TestChat) => ({ id, rev, member_count: members.size })

function depsOf(chats: Map<Id<'chat'>, TestChat>, ended: Set<string>): RealtimeDeps {
  return {
    authenticateSocket: async ({ headers, url }) => {
      const bearer = headers.get('authorization')?.slice('Bearer '.length)
      const ticket = new URL(url).searchParams.get('ticket')?.replace('ticket-', '')
      const cookie = /warren=([\w.-]+)/.exec(headers.get('cookie') ?? '')?.[1]
      return { session: sessionOf(bearer ?? ticket ?? cookie), setCookies: [] }
    },
    hasCookie: (headers) => headers.get('cookie')?.includes('warren=') === true,
    sessionsAlive: async (ids) => new Set(ids.filter((id) => !ended.has(id))),
    forgetSessions: () => {},
    changedChats: async () =>
      [...chats.values()].map((chat) => ({ ...headOf(chat), is_young: chat.isYoung ? 1 : 0 })),
    headsOf: async (ids) => ids.flatMap((id) => chats.get(id) ?? []).map(headOf),
    membersOf: async (ids, among) =>
      ids
        .flatMap((id) =>
          [...(chats.get(id)?.members ?? [])].map(([user_id, member]) => ({
            ...member,
            chat_id: id,
            user_id,
          })),
        )
        .filter(({ left_at, user_id }) => left_at === null && (among?.includes(user_id) ?? true)),
    changedUsers: async () => [],
    frames: {},
    epoch: 'e1',
    node: 'n1',
    onPresence: () => {},
  }
}
