import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { toTime } from '../platform/schema.ts'
import { type Asking, requireMessage } from './access.ts'
import { findReactionsOf, type ReactionPlace } from './sql.reads.ts'
import type { ReactorWire } from './wire.ts'

export interface ReactorPage {
  data: ReactorWire[]
  page: { next: string | null }
}

const START: ReactionPlace = { createdAt: -1, userId: '', emoji: '' }

/** Everybody's reactions to a message, oldest first. Refuses `message`, `cursor`. */
export async function listReactions(
  app: App,
  { limit, cursor, ...asking }: Asking & { limit: number; cursor?: string | undefined },
): Promise<ReactorPage> {
  const after = cursor === undefined ? START : parseCursor(cursor)
  return await app.db.view(async (sql) => {
    const message = await requireMessage(sql, asking)
    const rows = await findReactionsOf(sql, message, after, limit + 1)
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      data: shown.map((row) => ({ ...row, created_at: toTime(row.created_at) })),
      page: { next: last === undefined ? null : `${last.created_at} ${last.user_id} ${last.emoji}` },
    }
  })
}

function parseCursor(cursor: string): ReactionPlace {
  const [createdAt, userId, emoji] = cursor.split(' ')
  if (userId === undefined || emoji === undefined || !/^\d{1,15}$/.test(createdAt ?? '')) {
    return refuse('invalid', 'cursor')
  }
  return { createdAt: Number(createdAt), userId, emoji }
}
