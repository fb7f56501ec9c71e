import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { findMemberships, type MembershipRow, presentMemberships, readCounts } from '../chats/index.ts'
import { emptyPage, isFull, isHopeless, type LogPage, newRoom, type Room, readLog, takeRoom } from './log.ts'
import { readReads } from './reads.ts'
import { findEpoch } from './sql.reads.ts'
import type { SyncedWire, SyncWire } from './wire.ts'

export interface Syncing {
  userId: Id<'user'>
  /** Names the history that the revs belong to: of another one nothing is known here. */
  epoch?: string | undefined
  chats: Readonly<Record<string, number>>
}

/** An entry in which nothing happened, in bytes. */
const BARE = 200

/**
 * Every chat the user is in, caught up from the rev they name, in one answer of bounded size: those that do not fit
 * say `more`, and the client asks again. `removed` are those named that are theirs no more.
 */
export function syncChats(app: App, { userId, epoch, chats }: Syncing): Promise<SyncWire> {
  return app.db.view(async (sql) => {
    const isOurs = epoch === undefined || epoch === (await findEpoch(sql))
    const memberships = await findMemberships(sql, userId)
    const room = newRoom()
    room.bytes -= memberships.length * BARE
    const synced: Record<string, SyncedWire> = {}
    for (const membership of memberships) {
      const page = await readChat(sql, membership, isOurs ? chats[membership.id] : undefined, room)
      const counts = await readCounts(sql, membership, membership.last_seq)
      synced[membership.id] = { ...page, reads: [], ...counts }
    }
    await addReads(sql, synced, memberships, room)
    return { chats: synced, removed: Object.keys(chats).filter((id) => synced[id] === undefined) }
  })
}

async function readChat(
  sql: Sql,
  membership: MembershipRow,
  after: number | undefined,
  room: Room,
): Promise<LogPage> {
  // Nobody knows anything of a chat at rev 0: its first rev is 1.
  if (after && !isHopeless(membership, after)) return await readLog(sql, membership, after, room)
  const notYet = { ...emptyPage(after ?? 0), more: true }
  if (isFull(room)) return notYet
  const [chat] = await presentMemberships(sql, [membership])
  if (chat === undefined || !takeRoom(room, chat)) return notYet
  return { ...emptyPage(after ?? 0, membership.rev), chat, reset: true }
}

/** Marks take what room is left: they only ever rise, and a chat's own `changes` brings them as well. */
async function addReads(
  sql: Sql,
  synced: Record<string, SyncedWire>,
  memberships: readonly MembershipRow[],
  room: Room,
): Promise<void> {
  for (const membership of memberships) {
    if (room.bytes <= 0) return
    const reads = await readReads(sql, { chat: membership, userId: membership.user_id, reached: 1 })
    room.bytes -= JSON.stringify(reads).length
    const entry = synced[membership.id]
    if (entry !== undefined && room.bytes > 0) entry.reads = reads
  }
}
