import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { type FoundMessage, findMessageFor } from './sql.ts'

/** Who asks about which message. */
export interface Asking {
  userId: Id<'user'>
  messageId: Id<'message'>
}

/** The one door to a message by its id. To everybody but members of its chat, now, it is `not_found` `message`. */
export async function requireMessage(sql: Sql, { messageId, userId }: Asking): Promise<FoundMessage> {
  return (await findMessageFor(sql, messageId, userId)) ?? refuse('not_found', 'message')
}

/** Refuses what cannot change any more: `conflict` `deleted`, `conflict` `archived`. */
export function requireAlive(message: FoundMessage): void {
  if (message.deleted_at !== null) refuse('conflict', 'deleted')
  if (message.archived_at !== null) refuse('conflict', 'archived')
}
