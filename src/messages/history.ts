import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type ChatRow, requireMember } from '../chats/index.ts'
import { type MessageRow, type MessageWire, presentMessages } from '../timeline/index.ts'
import { findAfter, findBefore } from './sql.reads.ts'
import { findMessage } from './sql.ts'

/** At most one of the three; none is the newest page. Bounds are exclusive, `around` is in the middle of its page. */
export interface HistoryBounds {
  limit: number
  before?: number | undefined
  after?: number | undefined
  around?: Id<'message'> | undefined
}

/** Tombstones included, so that places have no hole. A null: nothing further that way. `rev` is of the same moment. */
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
  const given = [bounds.before, bounds.after, bounds.around].filter((bound) => bound !== undefined)
  if (given.length > 1) refuse('invalid', 'bounds')
  return await app.db.view(async (sql) => {
    const { chat } = await requireMember(sql, chatId, userId)
    const rows = await findPage(sql, chat, bounds)
    return { data: await presentMessages(sql, rows), page: furtherOf(rows, chat, bounds), rev: chat.rev }
  })
}

async function findPage(sql: Sql, chat: ChatRow, { limit, before, after, around }: HistoryBounds) {
  if (around !== undefined) return await findAround(sql, { chatId: chat.id, around, limit })
  if (after !== undefined) return await findAfter(sql, chat.id, after, limit)
  return await findBefore(sql, chat.id, before ?? chat.last_seq + 1, limit)
}

interface Around {
  chatId: Id<'chat'>
  around: Id<'message'>
  limit: number
}

async function findAround(sql: Sql, { chatId, around, limit }: Around): Promise<MessageRow[]> {
  const middle = (await findMessage(sql, chatId, around)) ?? refuse('not_found', 'message')
  const earlier = await findBefore(sql, chatId, middle.seq, Math.floor((limit - 1) / 2))
  const later = await findAfter(sql, chatId, middle.seq, limit - 1 - earlier.length)
  return [...earlier, middle, ...later]
}

/** Places are dense, so the ends of a page say what is beyond them. An empty page lies where it was asked for. */
function furtherOf(rows: readonly MessageRow[], chat: ChatRow, { before, after }: HistoryBounds) {
  const asked = after === undefined ? (before ?? chat.last_seq + 1) : after + 1
  const first = rows[0]?.seq ?? asked
  const last = rows.at(-1)?.seq ?? first - 1
  return {
    before: first > chat.floor_seq + 1 ? first : null,
    after: last < chat.last_seq ? last : null,
  }
}
