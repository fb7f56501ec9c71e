import type { Span, Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { findSenders } from '../accounts/index.ts'
import {
  type ChatRow,
  type ChatWire,
  type MemberRow,
  type MemberWire,
  memberToWire,
  presentChats,
} from '../chats/index.ts'
import { type MessageRow, type MessageWire, presentMessages } from '../timeline/index.ts'
import { closeRoom, isFull, type Room, takeRoom } from './room.ts'
import { findChangedMembers, findChangedMessages, findMembersIn, findMessagesIn } from './sql.reads.ts'
import type { ChangesWire } from './wire.ts'

/** More than this many changes are not caught up with, but begun anew (C10). */
const HOPELESS = 2_000

/** Ahead of the log is hopeless too: what the client knows never happened here. */
export const isHopeless = (chat: ChatRow, after: number): boolean =>
  after > chat.rev || chat.rev - after > HOPELESS

/** A run of a chat's log, as everybody in the chat may see it. */
export type LogPage = Omit<ChangesWire, 'reads'>

export const emptyPage = (after: number, rev = after): LogPage => ({
  after,
  rev,
  messages: [],
  members: [],
  chat: null,
  more: false,
  reset: false,
})

/** A chat, and the rev of it that is known. */
export interface Known {
  chat: ChatRow
  after: number
}

/** Every row that changed after a rev, once, in its last state: merged and cut by rev. Read it in a view. */
export async function readLog(sql: Sql, { chat, after }: Known, room: Room): Promise<LogPage> {
  if (after >= chat.rev || isFull(room)) return fillPage({ chat, after }, [], room)
  // A list that is cut fills the room by itself, so nothing beyond its end is ever given.
  const messages = await findWorthReading(sql, { chat, after }, room)
  const members = await findChangedMembers(sql, chat.id, after, room.rows)
  return fillPage({ chat, after }, await presentRows(sql, [{ chat, after }], { messages, members }), room)
}

/** Long messages are read a few at a time, so that what does not fit is not read for nothing. */
const AT_ONCE = 25

/**
 * The same of several chats, in their order. A row takes a rev, so a chat has at most as many of them as it is revs
 * behind: as many chats are read by one question as cannot be cut, and what is longer is read by itself.
 */
export async function readLogs(sql: Sql, logs: readonly Known[], room: Room): Promise<LogPage[]> {
  const pages: LogPage[] = []
  for (let most = AT_ONCE; pages.length < logs.length; ) {
    const bytes = room.bytes
    const few = takeShort(logs.slice(pages.length), most)
    pages.push(...(await readTogether(sql, few, room)))
    // So much more of what came would fit.
    if (MORE * (bytes - room.bytes) < room.bytes) most = Math.max(most, Math.min(MORE * most, room.rows))
  }
  return pages
}

const MORE = 3

/** The first of them that are so many revs behind in all; the first one in any case. */
function takeShort(logs: readonly Known[], most: number): readonly Known[] {
  let behind = 0
  const end = logs.findIndex(({ chat, after }) => {
    behind += Math.max(0, chat.rev - after)
    return behind > most
  })
  return end < 0 ? logs : logs.slice(0, Math.max(1, end))
}

async function readTogether(sql: Sql, logs: readonly Known[], room: Room): Promise<LogPage[]> {
  const [first] = logs
  if (first !== undefined && logs.length === 1) return [await readLog(sql, first, room)]
  const behind = isFull(room) ? [] : logs.filter(({ chat, after }) => after < chat.rev)
  const spans = behind.map(({ chat, after }): Span => [chat.id, after, chat.rev])
  const found =
    spans.length === 0
      ? { messages: [], members: [] }
      : { messages: await findMessagesIn(sql, spans), members: await findMembersIn(sql, spans) }
  const rows = Map.groupBy(await presentRows(sql, behind, found), ({ chatId }) => chatId)
  return logs.map((log) => fillPage(log, rows.get(log.chat.id) ?? [], room))
}

/** Rows of one chat, in any order, as far as there is room; what comes after those that did not fit waits with them. */
function fillPage({ chat, after }: Known, rows: readonly Row[], room: Room): LogPage {
  const page = emptyPage(after)
  for (const { rev, kind, row } of rows.toSorted((a, b) => a.rev - b.rev)) {
    if (!takeRoom(room, row)) {
      closeRoom(room)
      break
    }
    page.rev = rev
    if (kind === 'message') page.messages.push(row)
    else if (kind === 'member') page.members.push(row)
    else page.chat = row
  }
  // The row that took the head still has it: as long as it was not given, there is more.
  page.more = page.rev < chat.rev
  return page
}

type Row = { chatId: Id<'chat'>; rev: number } & (
  | { kind: 'message'; row: MessageWire }
  | { kind: 'member'; row: MemberWire }
  | { kind: 'chat'; row: ChatWire }
)

interface Found {
  messages: readonly MessageRow[]
  members: readonly MemberRow[]
}

/** What changed in these chats as everybody in them may see it, and what changed of the chats themselves. */
async function presentRows(sql: Sql, logs: readonly Known[], { messages, members }: Found): Promise<Row[]> {
  const rows: Row[] = []
  for (const row of await presentMessages(sql, messages))
    rows.push({ chatId: row.chat_id as Id<'chat'>, rev: row.rev, kind: 'message', row })
  const people = await findSenders(sql, [...new Set(members.map((member) => member.user_id))])
  for (const member of members) {
    const user = people.get(member.user_id)
    if (user === undefined) throw new Error(`member ${member.user_id} is nobody`)
    const { chat_id: chatId, rev } = member
    rows.push({ chatId, rev, kind: 'member', row: memberToWire(member, user) })
  }
  const chats = logs.flatMap(({ chat, after }) => (chat.info_rev > after ? [chat] : []))
  for (const [at, row] of (await presentChats(sql, chats)).entries()) {
    const { id: chatId, info_rev: rev } = chats[at] as ChatRow
    rows.push({ chatId, rev, kind: 'chat', row })
  }
  return rows
}

async function findWorthReading(sql: Sql, { chat, after }: Known, room: Room): Promise<MessageRow[]> {
  const rows: MessageRow[] = []
  let least = 0
  do {
    const limit = Math.min(AT_ONCE, room.rows - rows.length)
    const some = await findChangedMessages(sql, chat.id, rows.at(-1)?.rev ?? after, limit)
    for (const row of some) least += row.content.length + (row.html?.length ?? 0)
    rows.push(...some)
    if (some.length < limit) break
  } while (rows.length < room.rows && least < room.bytes)
  return rows
}
