import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { MessageWire } from '../timeline/index.ts'
import { type Asking, requireAlive } from './access.ts'
import { CHANGES, changeMessage } from './change.ts'
import { requireWords } from './draft.ts'
import { nameMembers, prepare } from './render.ts'
import { deleteMentions, type FoundMessage, insertMentions } from './sql.ts'

/**
 * Says it differently: by the sender only, within the edit window. Mentions are made anew; the same text changes
 * nothing. Refuses `message_empty`, `message`, `deleted`, `archived`, `not_sender`, `system_message`, `edit_window`.
 */
export async function editMessage(
  app: App,
  { content, ...asking }: Asking & { content: string },
): Promise<MessageWire> {
  requireWords(content)
  const line = asking.messageId + asking.userId
  const rendered = await prepare(app, { userId: asking.userId, content, line, limit: CHANGES })
  return await changeMessage(app, asking, {
    type: 'message_updated',
    decide: async (sql, message) => {
      const now = app.clock.now()
      requireEditable(message, asking, now - (app.config.editWindowMs ?? Infinity))
      if (message.content === content) return null
      const { html, mentions } = await nameMembers(sql, message.chat_id, rendered)
      await deleteMentions(sql, message)
      await insertMentions(sql, message, mentions)
      return { content, html, mentions: JSON.stringify(mentions), edited_at: now }
    },
  })
}

function requireEditable(message: FoundMessage, { userId }: Asking, notBefore: number): void {
  requireAlive(message)
  if (message.sender_id !== userId) refuse('forbidden', 'not_sender')
  if (message.kind === 'system') refuse('forbidden', 'system_message')
  if (message.created_at < notBefore) refuse('forbidden', 'edit_window')
}
