import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { isAtLeast } from '../chats/index.ts'
import type { MessageWire } from '../timeline/index.ts'
import { type Asking, requireAlive } from './access.ts'
import { CHANGES, changeMessage } from './change.ts'

/**
 * Pins a message for everybody, or takes the pin out. By any member, in a channel by a chat admin. Refuses `message`,
 * `deleted`, `archived`, `chat_role`.
 */
export async function pinMessage(
  app: App,
  { on, ...asking }: Asking & { on: boolean },
): Promise<MessageWire> {
  await app.limits.spend(CHANGES, asking.userId)
  return await changeMessage(app, asking, {
    type: 'message_updated',
    decide: async (_sql, message) => {
      requireAlive(message)
      if (message.chat_kind === 'channel' && !isAtLeast(message.role, 'admin'))
        refuse('forbidden', 'chat_role')
      if ((message.pinned_at !== null) === on) return null
      return { pinned_at: on ? app.clock.now() : null }
    },
  })
}
