import type { Sql } from '../platform/db/db.ts'
import { findSenders } from '../accounts/index.ts'
import { type ChatRow, type ChatWire, type MemberWire, memberToWire, presentChat } from '../chats/index.ts'
import { type MessageRow, type MessageWire, presentMessages } from '../timeline/index.ts'
import { findChangedMembers, findChangedMessages } from './sql.reads.ts'
import type { ChangesWire } from './wire.ts'

/** What one answer may still hold: a larger one would be cut by its own socket's limits (C11). */
export interface Room {
  rows: number
  bytes: number
  /** The first row is given whatever its size, for the largest would fit nowhere. */
  isEmpty: boolean
}

export const newRoom = (): Room => ({ rows: 200, bytes: 256 * 1024, isEmpty: true })

export const isFull = (room: Room): boolean => !room.isEmpty && (room.rows < 1 || room.bytes < 1)

/** Whether the thing still fits; then it is counted. */
export function takeRoom(room: Room, thing: object): boolean {
  const bytes = Buffer.byteLength(JSON.stringify(thing)) + 1
  if (isFull(room) || (!room.isEmpty && room.bytes < bytes)) return false
  room.rows--
  room.bytes -= bytes
  room.isEmpty = false
  return true
}

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

type Row =
  | { rev: number; kind: 'message'; row: MessageWire }
  | { rev: number; kind: 'member'; row: MemberWire }
  | { rev: number; kind: 'chat'; row: ChatWire }

/** Every row that changed after a rev, once, in its last state: merged and cut by rev. Read it in a view. */
export async function readLog(sql: Sql, chat: ChatRow, after: number, room: Room): Promise<LogPage> {
  const page = emptyPage(after)
  if (after >= chat.rev) return page
  // The row that took the head still has it: as long as it was not given, there is more.
  page.more = true
  if (isFull(room)) return page
  for (const { rev, kind, row } of await readRows(sql, chat, after, room)) {
    if (!takeRoom(room, row)) break
    page.rev = rev
    if (kind === 'message') page.messages.push(row)
    else if (kind === 'member') page.members.push(row)
    else page.chat = row
  }
  page.more = page.rev < chat.rev
  return page
}

/** A list that is cut fills the room by itself, so nothing beyond its end is ever given. */
async function readRows(sql: Sql, chat: ChatRow, after: number, room: Room): Promise<Row[]> {
  const messages = await presentMessages(sql, await findWorthReading(sql, chat, after, room))
  const members = await findChangedMembers(sql, chat.id, after, room.rows)
  const people = await findSenders(sql, [...new Set(members.map((member) => member.user_id))])
  const rows: Row[] = messages.map((row) => ({ rev: row.rev, kind: 'message', row }))
  for (const member of members) {
    const user = people.get(member.user_id)
    if (user === undefined) throw new Error(`member ${member.user_id} is nobody`)
    rows.push({ rev: member.rev, kind: 'member', row: memberToWire(member, user) })
  }
  if (chat.info_rev > after) {
    rows.push({ rev: chat.info_rev, kind: 'chat', row: await presentChat(sql, chat) })
  }
  return rows.sort((a, b) => a.rev - b.rev)
}

/** Long messages are read a few at a time, so that what does not fit is not read for nothing. */
const AT_ONCE = 25

async function findWorthReading(sql: Sql, chat: ChatRow, after: number, room: Room): Promise<MessageRow[]> {
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
