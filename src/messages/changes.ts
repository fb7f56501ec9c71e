import type { App } from '../platform/context.ts'
import type { Db } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import {
  type ChatHead,
  findPositions,
  type Position,
  presentChat,
  presentChatTo,
  readHeads,
  requireChat,
  requireMember,
} from '../chats/index.ts'
import { emptyPage, isHopeless, type LogPage, readLog } from './log.ts'
import { readReads } from './reads.ts'
import { newRoom } from './room.ts'
import type { ChangesWire } from './wire.ts'

export interface CatchingUp {
  userId: Id<'user'>
  chatId: Id<'chat'>
  after: number
}

/**
 * What a member missed after a rev, page by page; `reset` when that is too much or never was. All marks with it.
 * Refuses `chat`, `not_member`.
 */
export function listChanges(app: App, { userId, chatId, after }: CatchingUp): Promise<ChangesWire> {
  return app.db.view(async (sql) => {
    const { chat, member } = await requireMember(sql, chatId, userId)
    const reads = await readReads(sql, { chat, userId, reached: 1 })
    if (isHopeless(chat, after)) {
      const shown = await presentChatTo(sql, chat, member)
      return { ...emptyPage(after, chat.rev), chat: shown, reset: true, reads }
    }
    const room = newRoom()
    room.bytes -= JSON.stringify(reads).length
    return { ...(await readLog(sql, { chat, after }, room)), reads }
  })
}

/** What the live path reads: no user asks, so what it gets is what everybody in the chat may see. */
export interface LogReader {
  loadHeads(userId: Id<'user'>): Promise<ChatHead[]>
  loadPositions(userId: Id<'user'>): Promise<Position[]>
  loadChanges(chatId: Id<'chat'>, after: number): Promise<LogPage>
}

/** Each answer is of one moment. `loadChanges` refuses `not_found` `chat` when it was deleted. */
export const createLogReader = (db: Db): LogReader => ({
  loadHeads: (userId) => db.view((sql) => readHeads(sql, userId)),
  loadPositions: (userId) => findPositions(db.read, userId),
  loadChanges: (chatId, after) =>
    db.view(async (sql) => {
      const chat = await requireChat(sql, chatId)
      if (!isHopeless(chat, after)) return await readLog(sql, { chat, after }, newRoom())
      return { ...emptyPage(after, chat.rev), chat: await presentChat(sql, chat), reset: true }
    }),
})
