import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { isAtLeast } from '../chats/index.ts'
import type { MessageWire } from '../timeline/index.ts'
import { type Asking, requireAlive } from './access.ts'
import { CHANGES, changeMessage } from './change.ts'
import { deleteMentions, deleteReactions, type FoundMessage } from './sql.ts'

/**
 * Leaves a tombstone in the message's place: what it said, whom it named and what was felt about it are gone with the
 * commit. By its sender or a chat admin. Refuses `message`, `archived`, `not_sender`, `system_message`.
 */
export async function deleteMessage(app: App, asking: Asking): Promise<MessageWire> {
  await app.limits.spend(CHANGES, asking.userId)
  return await changeMessage(app, asking, {
    type: 'message_deleted',
    decide: async (sql, message) => {
      requireRemover(message, asking)
      if (message.deleted_at !== null) return null
      requireAlive(message)
      await deleteMentions(sql, message)
      await deleteReactions(sql, message)
      return { ...EMPTY, deleted_at: app.clock.now() }
    },
  })
}

const EMPTY = { content: '', html: null, reply_to: null, mentions: '[]', pinned_at: null, edited_at: null }

function requireRemover(message: FoundMessage, { userId }: Asking): void {
  if (message.kind === 'system') refuse('forbidden', 'system_message')
  if (message.sender_id !== userId && !isAtLeast(message.role, 'admin')) refuse('forbidden', 'not_sender')
}
