import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { MessageWire } from '../timeline/index.ts'
import { type Asking, requireAlive } from './access.ts'
import { CHANGES, changeMessage } from './change.ts'
import { deleteReaction, type FoundMessage, findEmoji, insertReaction, type Reaction } from './sql.ts'

export interface Reacting extends Asking {
  emoji: string
  on: boolean
}

const MAX_DIFFERENT = 50

/**
 * Puts one's own emoji under a message, or takes it back; doing it twice changes nothing. Refuses `message`,
 * `deleted`, `archived`, and `too_many_emoji` beyond 50 different ones.
 */
export async function react(app: App, { emoji, on, ...asking }: Reacting): Promise<MessageWire> {
  await app.limits.spend(CHANGES, asking.userId)
  return await changeMessage(app, asking, {
    type: 'message_updated',
    decide: async (sql, message) => {
      requireAlive(message)
      const reaction = {
        chat_id: message.chat_id,
        message_id: message.id,
        emoji,
        user_id: asking.userId,
        created_at: app.clock.now(),
      }
      const changed = on ? await add(sql, message, reaction) : await deleteReaction(sql, reaction)
      return changed ? {} : null
    },
  })
}

async function add(sql: Sql, message: FoundMessage, reaction: Reaction): Promise<boolean> {
  const known = await findEmoji(sql, message)
  const isNew = known.every(({ emoji }) => emoji !== reaction.emoji)
  if (isNew && known.length >= MAX_DIFFERENT) refuse('conflict', 'too_many_emoji')
  return await insertReaction(sql, reaction)
}
