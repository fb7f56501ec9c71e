import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import {
  type ChatWire,
  findPositions,
  type MembershipRow,
  presentMemberships,
  readMemberships,
} from '../chats/index.ts'
import { emptyPage, isFull, isHopeless, type LogPage, newRoom, type Room, readLog, takeRoom } from './log.ts'
import { readReadsOf } from './reads.ts'
import { findEpoch } from './sql.reads.ts'
import type { SyncedWire, SyncWire } from './wire.ts'

export interface Syncing {
  userId: Id<'user'>
  /** Names the history that the revs belong to: of another one nothing is known here. */
  epoch?: string | undefined
  chats: Readonly<Record<string, number>>
}

/** So many chats are read in one view: nobody's ack waits for the chats of somebody who was long away (C11). */
const FEW = 25
/** An entry in which nothing happened, in bytes. */
const BARE = 200

/**
 * Every chat the user is in, caught up from the rev they name, in one answer of bounded size: those that do not fit
 * say `more`, and the client asks again. `removed` are those named that are theirs no more. Each chat is read at one
 * moment, the chats at several.
 */
export async function syncChats(app: App, { userId, epoch, chats }: Syncing): Promise<SyncWire> {
  const isOurs = epoch === undefined || epoch === (await findEpoch(app.db.read))
  const known = isOurs ? chats : {}
  const room = newRoom()
  room.bytes -= (await findPositions(app.db.read, userId)).length * BARE
  const memberships: MembershipRow[] = []
  const synced: Record<string, SyncedWire> = {}
  for (let after: string | undefined = ''; after !== undefined; ) {
    const few: MembershipRow[] = await app.db.view((sql) =>
      readFew(sql, { userId, after, known, room }, synced),
    )
    memberships.push(...few)
    after = few.length < FEW ? undefined : few.at(-1)?.id
  }
  await addReads(app, synced, memberships, room)
  return await onlyTheirs(app, { userId, chats }, synced)
}

interface Few {
  userId: Id<'user'>
  /** The last chat already read. */
  after: string | undefined
  /** The revs that count. */
  known: Readonly<Record<string, number>>
  room: Room
}

/** The next few chats, by id. */
async function readFew(
  sql: Sql,
  { userId, after = '', known, room }: Few,
  synced: Record<string, SyncedWire>,
): Promise<MembershipRow[]> {
  const few = await readMemberships(sql, userId, { after, limit: FEW })
  const anew = few.filter((chat) => isUnknown(chat, known[chat.id]))
  const shown = isFull(room) ? [] : await presentMemberships(sql, anew)
  const begun = new Map<string, ChatWire>(shown.map((chat) => [chat.id, chat]))
  for (const membership of few) {
    const { id, unread, mentions } = membership
    const rev = known[id] ?? 0
    const page = isUnknown(membership, rev)
      ? beginAnew(membership, rev, { chat: begun.get(id), room })
      : await readLog(sql, membership, rev, room)
    synced[id] = { ...page, reads: [], unread, mentions }
  }
  return few
}

/** Nobody knows anything of a chat at rev 0: its first rev is 1. */
const isUnknown = (chat: MembershipRow, rev: number | undefined): boolean => !rev || isHopeless(chat, rev)

function beginAnew(
  { rev }: MembershipRow,
  after: number,
  { chat, room }: { chat: ChatWire | undefined; room: Room },
): LogPage {
  if (chat === undefined || !takeRoom(room, chat)) return { ...emptyPage(after), more: true }
  return { ...emptyPage(after, rev), chat, reset: true }
}

/** Marks take what room is left: they only ever rise, and a chat's own `changes` brings them as well. */
async function addReads(
  { db }: App,
  synced: Record<string, SyncedWire>,
  memberships: readonly MembershipRow[],
  room: Room,
): Promise<void> {
  for (let at = 0; at < memberships.length && room.bytes > 0; at += FEW) {
    const few = memberships.slice(at, at + FEW)
    for (const [id, reads] of await db.view((sql) => readReadsOf(sql, few))) {
      room.bytes -= JSON.stringify(reads).length
      const entry = synced[id]
      if (entry !== undefined && room.bytes > 0) entry.reads = reads
    }
  }
}

/** Others had their turn meanwhile: nothing is told of a chat that somebody was taken out of (C8). */
async function onlyTheirs(
  { db }: App,
  { userId, chats }: Syncing,
  synced: Record<string, SyncedWire>,
): Promise<SyncWire> {
  const theirs = new Set<string>((await findPositions(db.read, userId)).map(({ id }) => id))
  return {
    chats: Object.fromEntries(Object.entries(synced).filter(([id]) => theirs.has(id))),
    removed: Object.keys(chats).filter((id) => !theirs.has(id)),
  }
}
