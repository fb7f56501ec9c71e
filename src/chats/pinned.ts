import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type MessageWire, presentMessages } from '../timeline/index.ts'
import { requireMember } from './access.ts'
import type { Paging } from './list.ts'
import { countPinned, findPinned, type PinPlace } from './sql.pinned.ts'

export interface PinnedPage {
  data: MessageWire[]
  page: { next: string | null }
}

/** What is pinned in a chat, the newest pin first, to a member only. Refuses what `requireMember` does, `invalid` `cursor`. */
export async function listPinned(
  app: App,
  userId: Id<'user'>,
  { chatId, limit, cursor }: Paging & { chatId: Id<'chat'> },
): Promise<PinnedPage> {
  const before = readCursor(cursor)
  return await app.db.view(async (sql) => {
    await requireMember(sql, chatId, userId)
    const rows = await findPinned(sql, chatId, { before, limit: limit + 1 })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      data: await presentMessages(sql, shown),
      page: { next: last ? `${last.pinned_at}.${last.seq}` : null },
    }
  })
}

/** How many there are, to a member only. */
export const countPins = (app: App, userId: Id<'user'>, chatId: Id<'chat'>): Promise<number> =>
  app.db.view(async (sql) => {
    await requireMember(sql, chatId, userId)
    return await countPinned(sql, chatId)
  })

function readCursor(cursor: string | undefined): PinPlace {
  if (cursor === undefined) return { pinnedAt: Number.MAX_SAFE_INTEGER, seq: 0 }
  const [, pinnedAt, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? refuse('invalid', 'cursor')
  return { pinnedAt: Number(pinnedAt), seq: Number(seq) }
}
