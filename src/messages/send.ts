import type { App } from '../platform/context.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { announceFirst } from '../chats/index.ts'
import { announceMessage, announceRepeat } from './announce.ts'
import type { Draft } from './draft.ts'
import { prepare } from './render.ts'
import { type Sent, storeSayings } from './store.ts'

/** 20 messages in 5 s a user. */
const SENDS: Limit = { name: 'send', points: 20, perMs: 5_000, isFrequent: true }

/**
 * Says something in a chat, once for each `client_id` for ever. On disk when it settles (C1). Messages of one sender
 * to one chat take their places in the order of these calls (C6). What is said in one chat at once is stored by one
 * write. Refuses `chat`, `not_member`, `archived`, `client_id_taken`, `message` (the one replied to), `rate_limited`.
 */
export async function sendMessage(app: App, userId: Id<'user'>, draft: Draft): Promise<Sent> {
  const { chatId, content } = draft
  const rendered = await prepare(app, { userId, content, line: chatId + userId, limit: SENDS })
  const { clock } = app
  const sent = await app.db.writeJointly(storeSayings, { clock, userId, draft, rendered }, chatId)
  app.metrics.acked++
  if (sent.created) {
    announceFirst(app, chatId, sent.hearing)
    announceMessage(app, userId, sent.message)
  } else announceRepeat(app, userId, sent.message)
  return { message: sent.message, created: sent.created }
}
