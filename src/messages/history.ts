import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type ChatRow, requireMember } from '../chats/index.ts'
import { type MessageRow, type MessageWire, presentMessages } from '../timeline/index.ts'
import { newRoom, type Room, takeRoom } from './room.ts'
import { findAfter, findBefore } from './sql.reads.ts'
import { findMessage } from './sql.ts'

/**
 * At most one of the four; none is the newest page. Bounds are exclusive, `around` is in the middle of its page, and
 * above `since`, the place of the first new message, is a third.
 */
export interface HistoryBounds {
  limit: number
  before?: number | undefined
  after?: number | undefined
  around?: Id<'message'> | undefined
  since?: number | undefined
  /** What the page may hold as JSON, one message at least: 256 KiB when it is not said. */
  bytes?: number
}

/**
 * Tombstones included, so that places have no hole. Cut where it would be too large: the bounds say whether
 * there is more. A null: nothing further that way. `rev` is of the same moment.
 */
export interface HistoryPage {
  data: MessageWire[]
  page: { before: number | null; after: number | null }
  rev: number
}

/** A stretch of a chat, oldest first. Refuses `chat`, `not_member`, `message` (around), `bounds` (more than one). */
export async function loadHistory(
  app: App,
  userId: Id<'user'>,
  { chatId, ...bounds }: HistoryBounds & { chatId: Id<'chat'> },
): Promise<HistoryPage> {
  const given = [bounds.before, bounds.after, bounds.around, bounds.since].filter(
    (bound) => bound !== undefined,
  )
  if (given.length > 1) refuse('invalid', 'bounds')
  return await app.db.view(async (sql) => {
    const { chat } = await requireMember(sql, chatId, userId)
    const data = await readPage(sql, chat, bounds)
    return { data, page: furtherOf(data, chat, bounds), rev: chat.rev }
  })
}

async function readPage(sql: Sql, chat: ChatRow, bounds: HistoryBounds): Promise<MessageWire[]> {
  const { limit, before, after, around, since } = bounds
  const room = newRoom()
  const reading = { sql, chatId: chat.id, room: { ...room, bytes: bounds.bytes ?? room.bytes } }
  if (after !== undefined) return await readOn(reading, after, limit)
  if (around !== undefined) {
    const middle = (await findMessage(sql, chat.id, around)) ?? refuse('not_found', 'message')
    return await readAt(reading, { seq: middle.seq, above: Math.floor((limit - 1) / 2), limit })
  }
  if (since !== undefined) return await readAt(reading, { seq: since, above: Math.floor(limit / 3), limit })
  return await readBack(reading, before ?? chat.last_seq + 1, limit)
}

interface Place {
  seq: number
  above: number
  limit: number
}

/** The place itself whatever its size, then what is above it in half of the room, then what is below. */
async function readAt(reading: Reading, { seq, above, limit }: Place): Promise<MessageWire[]> {
  const itself = await readOn(reading, seq - 1, 1)
  const half = { ...reading, room: { ...reading.room, bytes: reading.room.bytes / 2 } }
  const earlier = await readBack(half, seq, above)
  reading.room.bytes -= reading.room.bytes / 2 - half.room.bytes
  return [...earlier, ...itself, ...(await readOn(reading, seq, limit - 1 - earlier.length))]
}

interface Reading {
  sql: Sql
  chatId: Id<'chat'>
  room: Room
}

/** The nearest before a place, in the order of the chat. */
async function readBack({ sql, chatId, room }: Reading, before: number, limit: number) {
  const find = async (from: number, count: number) => (await findBefore(sql, chatId, from, count)).reverse()
  return (await readNearest(sql, room, { find, from: before, limit })).reverse()
}

const readOn = ({ sql, chatId, room }: Reading, after: number, limit: number) =>
  readNearest(sql, room, { find: (from, count) => findAfter(sql, chatId, from, count), from: after, limit })

interface Walk {
  /** The next ones beyond a place, the nearest first. */
  find(from: number, count: number): Promise<MessageRow[]>
  from: number
  limit: number
}

/** Long messages are read a few at a time, so that what does not fit is not read for nothing. */
const AT_ONCE = 25

async function readNearest(sql: Sql, room: Room, walk: Walk): Promise<MessageWire[]> {
  const found = await presentMessages(sql, await findWorthReading(room, walk))
  const cut = found.findIndex((message) => !takeRoom(room, message))
  return cut === -1 ? found : found.slice(0, cut)
}

async function findWorthReading(room: Room, { find, from, limit }: Walk): Promise<MessageRow[]> {
  const rows: MessageRow[] = []
  let least = 0
  while (rows.length < limit && least < room.bytes) {
    const count = Math.min(AT_ONCE, limit - rows.length)
    const some = await find(rows.at(-1)?.seq ?? from, count)
    for (const row of some) least += row.content.length + (row.html?.length ?? 0)
    rows.push(...some)
    if (some.length < count) break
  }
  return rows
}

/** Places are dense, so the ends of a page say what is beyond them. An empty page lies where it was asked for. */
function furtherOf(rows: readonly MessageWire[], chat: ChatRow, { before, after }: HistoryBounds) {
  const asked = after === undefined ? (before ?? chat.last_seq + 1) : after + 1
  const first = rows[0]?.seq ?? asked
  const last = rows.at(-1)?.seq ?? first - 1
  return {
    before: first > chat.floor_seq + 1 ? first : null,
    after: last < chat.last_seq ? last : null,
  }
}
