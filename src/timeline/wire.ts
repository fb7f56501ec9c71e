import { z } from '@hono/zod-openapi'
import { time } from '../platform/schema.ts'
import { senderWire } from '../accounts/index.ts'

export const systemWire = z
  .object({
    event: z.enum([
      'member_joined',
      'member_left',
      'member_added',
      'member_removed',
      'chat_renamed',
      'topic_changed',
      'role_changed',
      'archived',
      'unarchived',
    ]),
    actor_id: z.uuid(),
    user_ids: z.array(z.uuid()),
    value: z.string().nullable(),
  })
  .meta({ id: 'System' })
export type SystemWire = z.infer<typeof systemWire>

export const reactionWire = z.object({ emoji: z.string(), user_ids: z.array(z.uuid()), count: z.int() })

export const quoteWire = z.object({
  message_id: z.uuid(),
  sender_id: z.uuid(),
  excerpt: z.string(),
  deleted: z.boolean(),
})

/** `thread_id`, `thread` and `attachments` stay empty until threads and files exist. */
export const messageWire = z
  .object({
    id: z.uuid(),
    chat_id: z.uuid(),
    seq: z.int(),
    rev: z.int(),
    sender_id: z.uuid(),
    sender: senderWire.nullable(),
    client_id: z.uuid().nullable(),
    kind: z.enum(['text', 'file', 'voice', 'system', 'call']),
    content: z.string(),
    html: z.string().nullable(),
    reply_to: z.uuid().nullable(),
    quote: quoteWire.nullable(),
    thread_id: z.null(),
    thread: z.null(),
    system: systemWire.nullable(),
    mentions: z.array(z.string()),
    attachments: z.array(z.unknown()).max(0),
    reactions: z.array(reactionWire),
    pinned_at: time.nullable(),
    edited_at: time.nullable(),
    deleted_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'Message' })
export type MessageWire = z.infer<typeof messageWire>
