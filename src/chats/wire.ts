import { z } from '@hono/zod-openapi'
import { time } from '../platform/schema.ts'
import { senderWire } from '../accounts/index.ts'
import { messageWire } from '../timeline/index.ts'

export const CHAT_ROLES = ['member', 'admin', 'owner'] as const
export type ChatRole = (typeof CHAT_ROLES)[number]

/** The asker's own side of a chat. `notify` and `muted` are fixed until notification levels exist. */
export const meWire = z
  .object({
    role: z.enum(CHAT_ROLES),
    last_read_seq: z.int(),
    unread_from: z.int().nullable(),
    unread: z.int(),
    mentions: z.int(),
    notify: z.literal('all'),
    muted: z.literal(false),
  })
  .meta({ id: 'Me' })
export type MeWire = z.infer<typeof meWire>

/** `me` is absent on a topic, null (with `last_message`) to a non-member of a public channel. */
export const chatWire = z
  .object({
    id: z.uuid(),
    kind: z.enum(['direct', 'group', 'channel']),
    visibility: z.enum(['private', 'public']),
    name: z.string().nullable(),
    topic: z.string(),
    avatar_url: z.null(),
    created_by: z.uuid(),
    rev: z.int(),
    last_seq: z.int(),
    floor_seq: z.int(),
    last_message: messageWire.nullable(),
    member_count: z.int(),
    me: meWire.nullable().optional(),
    /** Of a chat without a name: the first of the other members, to name it by. Absent on a topic. */
    faces: z.array(senderWire).optional(),
    archived_at: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Chat' })
export type ChatWire = z.infer<typeof chatWire>

export const memberWire = z
  .object({
    chat_id: z.uuid(),
    user: senderWire,
    role: z.enum(CHAT_ROLES),
    rev: z.int(),
    joined_at: time,
    left_at: time.nullable(),
  })
  .meta({ id: 'Member' })
export type MemberWire = z.infer<typeof memberWire>
