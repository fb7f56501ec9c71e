import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { findPositions, type MembershipRow, presentMemberships, readMemberships } from '../chats/index.ts'
import { emptyPage, isHopeless, type Known, type LogPage, readLogs } from './log.ts'
import { readReadsOf } from './reads.ts'
import { isFull, newRoom, type Room, takeRoom } from './room.ts'
import { findEpoch } from './sql.reads.ts'
import type { SyncedWire, SyncWire } from './wire.ts'

export interface Syncing {
  userId: Id<'user'>
  /** Names the history that the revs belong to: of another one nothing is known here. */
  epoch?: string | undefined
  chats: Readonly<Record<string, number>>
  /** Only chats behind the one and up to the other, by id: for who is in more of them than a frame can name. */
  after?: string | undefined
  until?: string | undefined
}

/** 600 a minute a user: more than 100,000 missed messages, on one device or on twenty, and no flood (S-46). */
const SYNCS: Limit = { name: 'sync', points: 600, perMs: 60_000, isFrequent: true }

/** So many chats are read in one view: nobody's ack waits for the chats of somebody who was long away (C11). */
const FEW = 25
/** An entry in which nothing happened, in bytes, and a chat that is theirs no more. */
const BARE = 200
const GONE = 40
/** Kept for bare entries at most: with however many chats, half of an answer is for what happened in them. */
const KEPT = 128 * 1024

/**
 * Every chat the user is in, caught up from the rev they name, in one answer of bounded size: those that do not fit
 * say `more`, and the client asks again. Where not even bare entries fit, one of them says so for all, and what stands
 * where the client says is left out first. `removed` are those named that are theirs no more. Each chat is read at one
 * moment, the chats at several.
 */
export async function syncChats(app: App, syncing: Syncing): Promise<SyncWire> {
  const { userId, epoch, chats, after: start = '', until } = syncing
  await app.limits.spend(SYNCS, userId)
  const isOurs = epoch === undefined || epoch === (await findEpoch(app.db.read))
  const sheet = await beginSheet(app, syncing, isOurs ? chats : {})
  for (let after: string | undefined = start; after !== undefined; ) {
    const few: MembershipRow[] = await app.db.view((sql) => readFew(sql, { userId, after, until }, sheet))
    after = few.length < FEW || isOver(sheet) ? undefined : few.at(-1)?.id
  }
  const shown = lay(sheet)
  await addReads(app, shown, sheet.room)
  return await onlyTheirs(app, syncing, shown)
}

/** A chat of theirs, and the rev of it that they know. */
interface Log extends Known {
  chat: MembershipRow
}

/** A chat and what is said of it. */
interface Entry {
  membership: MembershipRow
  synced: SyncedWire
}

/** An answer while it is filled. */
interface Sheet {
  /** The revs that count. */
  known: Readonly<Record<string, number>>
  /** For what happened. */
  room: Room
  /** Bytes for bare entries. */
  kept: number
  /** Chats of which something is told, chats that did not fit, and chats in which nothing happened. */
  told: Entry[]
  waiting: Entry[]
  even: Entry[]
}

async function beginSheet(
  { db }: App,
  { userId, chats, after = '', until }: Syncing,
  known: Readonly<Record<string, number>>,
): Promise<Sheet> {
  const positions = new Set<string>((await findPositions(db.read, userId)).map(({ id }) => id))
  const asked = [...positions].filter((id) => id > after && isWithin(id, until)).length
  const gone = Object.keys(chats).filter((id) => !positions.has(id)).length
  const kept = Math.min(asked * BARE, KEPT)
  const room = newRoom()
  room.bytes -= ENVELOPE + kept + gone * GONE
  return { known, room, kept, told: [], waiting: [], even: [] }
}

/** The ack around the answer. */
const ENVELOPE = 256

const isWithin = (id: string, until: string | undefined): boolean => until === undefined || id <= until

/** Nothing more fits, and that there is more can be said. */
const isOver = ({ room, kept, waiting }: Sheet): boolean => isFull(room) && waiting.length * BARE >= kept

/** The next few chats, by id: what happened in those that are known, then those that are not. */
async function readFew(
  sql: Sql,
  { userId, after = '', until }: Pick<Syncing, 'userId' | 'after' | 'until'>,
  sheet: Sheet,
): Promise<MembershipRow[]> {
  const few = await readMemberships(sql, userId, { after, limit: FEW })
  const asked = few.filter(({ id }) => isWithin(id, until))
  const logs = asked.map((chat) => ({ chat, after: sheet.known[chat.id] ?? 0 }))
  const known = logs.filter((log) => !isUnknown(log))
  const anew = logs.filter(isUnknown)
  enter(sheet, known, await readLogs(sql, known, sheet.room))
  enter(sheet, anew, await beginAnew(sql, anew, sheet.room))
  return asked
}

/** Nobody knows anything of a chat at rev 0: its first rev is 1. */
const isUnknown = ({ chat, after }: Known): boolean => after === 0 || isHopeless(chat, after)

async function beginAnew(sql: Sql, logs: readonly Log[], room: Room): Promise<LogPage[]> {
  const shown = isFull(room)
    ? []
    : await presentMemberships(
        sql,
        logs.map(({ chat }) => chat),
      )
  return logs.map(({ chat: { rev }, after }, at) => {
    const chat = shown[at]
    if (chat === undefined || !takeRoom(room, chat)) return { ...emptyPage(after), more: true }
    return { ...emptyPage(after, rev), chat, reset: true }
  })
}

function enter(sheet: Sheet, logs: readonly Log[], pages: readonly LogPage[]): void {
  for (const [at, page] of pages.entries()) {
    const { chat: membership } = logs[at] as Log
    const { unread, mentions } = membership
    listFor(sheet, page).push({ membership, synced: { ...page, reads: [], unread, mentions } })
  }
}

function listFor({ told, waiting, even }: Sheet, page: LogPage): Entry[] {
  if (page.rev > page.after || page.reset) return told
  return page.more ? waiting : even
}

/** What is told comes first, then that there is more, then that nothing happened, as far as there is room. */
function lay({ room, kept, told, waiting, even }: Sheet): Entry[] {
  room.bytes += kept - told.length * BARE
  // However little is left: who is told of none that waits would not ask again.
  const fitting = Math.max(1, Math.floor(room.bytes / BARE))
  const bare = [...waiting, ...even].slice(0, fitting)
  room.bytes -= bare.length * BARE
  return [...told, ...bare]
}

/** Marks take what room is left: they only ever rise, and a chat's own `changes` brings them as well. */
async function addReads({ db }: App, shown: readonly Entry[], room: Room): Promise<void> {
  for (let at = 0; at < shown.length && room.bytes > 0; at += FEW) {
    const few = shown.slice(at, at + FEW)
    const memberships = few.map(({ membership }) => membership)
    const reads = await db.view((sql) => readReadsOf(sql, memberships))
    for (const { membership, synced } of few) {
      const marks = reads.get(membership.id) ?? []
      room.bytes -= JSON.stringify(marks).length
      if (room.bytes > 0) synced.reads = marks
    }
  }
}

/** Others had their turn meanwhile: nothing is told of a chat that somebody was taken out of (C8). */
async function onlyTheirs(
  { db }: App,
  { userId, chats }: Syncing,
  shown: readonly Entry[],
): Promise<SyncWire> {
  const theirs = new Set<string>((await findPositions(db.read, userId)).map(({ id }) => id))
  const entries = shown.map(({ membership: { id }, synced }) => [id, synced] as const)
  return {
    chats: Object.fromEntries(entries.filter(([id]) => theirs.has(id))),
    removed: Object.keys(chats).filter((id) => !theirs.has(id)),
  }
}
