import { z } from '@hono/zod-openapi'
import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { Refusal } from '../platform/errors.ts'
import type { Handlers } from '../platform/jobs/run.ts'
import { clientId, id } from '../platform/schema.ts'
import { addInvited, createChat } from '../chats/index.ts'
import { findChatsEver } from './sql.ts'

const settling = z.object({
  user_id: id<'user'>(),
  /** The channel that the first person finds themselves in. */
  channel: z.object({ client_id: clientId, name: z.string() }).optional(),
  /** The chats that an invite named, and who gave it. */
  invited: z.object({ by: id<'user'>(), chat_ids: z.array(id<'chat'>()) }).optional(),
})

/** What a new account still lacks after it is stored: its chats, each of which is a write of its own. */
export type Settling = z.infer<typeof settling>

/** The usual way is `settleIn` right after the commit; the job is for a node that dies between the two. */
const JOB = 'settle_in'
const AFTER_MS = 30_000

export const planSettling = (app: App, sql: Sql, plan: Settling): Promise<void> =>
  app.jobs.enqueue(sql, { kind: JOB, payload: plan, runAt: app.clock.now() + AFTER_MS, key: plan.user_id })

/** `settle_in`: may run twice. */
export const joiningJobs: Handlers = {
  [JOB]: (app, payload) => settleIn(app, settling.parse(payload)),
}

/**
 * Brings a new person into their chats. May run twice: the channel has its client id, and who has left a chat in the
 * meantime is not brought back. A chat that can't be entered any more is passed over.
 */
export async function settleIn(app: App, { user_id: userId, channel, invited }: Settling): Promise<void> {
  if (channel) {
    const { name, client_id } = channel
    await createChat(app, userId, { kind: 'channel', visibility: 'public', name, clientId: client_id })
  }
  if (!invited) return
  const known = await findChatsEver(app.db.read, userId)
  for (const chatId of invited.chat_ids) {
    if (known.has(chatId)) continue
    await passOver(addInvited(app, invited.by, { chatId, userId }))
  }
}

/** Since the invite was made the chat may be archived or gone, or who made it may have left it. */
async function passOver(joining: Promise<unknown>): Promise<void> {
  try {
    await joining
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'unavailable') throw error
  }
}
