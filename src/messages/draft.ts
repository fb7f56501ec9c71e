import { z } from '@hono/zod-openapi'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { clientId, id, text } from '../platform/schema.ts'

const MAX_CONTENT = 16_000

/** What a message says: NFC, 1–16,000 code points. That it is more than white space is `requireWords`' to say. */
export const content = text(MAX_CONTENT)

/** The fields of a new message, on both doors. */
export const draftFields = {
  client_id: clientId,
  content,
  reply_to: id<'message'>().nullish(),
  attachment_ids: z.array(z.uuid()).max(10).optional(),
  thread_id: z.uuid().nullish(),
}

const draftInput = z.object(draftFields)

/** A message before it has a place in its chat. */
export interface Draft {
  chatId: Id<'chat'>
  clientId: string
  content: string
  replyTo: Id<'message'> | null
}

/** Refuses `invalid` `message_empty`, and what this server cannot do yet: `attachments_unknown`, `threads_unknown`. */
export function toDraft(chatId: Id<'chat'>, input: z.infer<typeof draftInput>): Draft {
  if (input.attachment_ids?.length) refuse('invalid', 'attachments_unknown')
  if (input.thread_id) refuse('invalid', 'threads_unknown')
  requireWords(input.content)
  return { chatId, clientId: input.client_id, content: input.content, replyTo: input.reply_to ?? null }
}

// Not only white space: what no reader can see is no message either.
const WORD = /[^\s\p{Default_Ignorable_Code_Point}\p{Cf}]/u

export function requireWords(content: string): void {
  if (!WORD.test(content)) refuse('invalid', 'message_empty')
}

/** Tells another message under the same `client_id` from a repeat, also when the first was edited since. */
export function originalHash({ content, replyTo }: Pick<Draft, 'content' | 'replyTo'>): string {
  const attachmentIds = ''
  return Bun.hash.xxHash64(`${replyTo ?? ''}\n${attachmentIds}\n${content}`).toString(36)
}
