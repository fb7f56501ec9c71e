import { z } from '@hono/zod-openapi'
import { refuse } from '../platform/errors.ts'
import { time } from '../platform/schema.ts'
import { chatWire, memberWire, meWire } from '../chats/index.ts'
import { messageWire } from '../timeline/index.ts'

/** How far somebody has read. `read_at` is null for who came after what was there. */
export const readWire = z
  .object({ user_id: z.uuid(), seq: z.int(), read_at: time.nullable() })
  .meta({ id: 'Read' })
export type ReadWire = z.infer<typeof readWire>

export const reactorWire = z.object({ user_id: z.uuid(), emoji: z.string(), created_at: time })
export type ReactorWire = z.infer<typeof reactorWire>

export const markWire = z
  .object({ last_read_seq: z.int(), unread: z.int(), mentions: z.int() })
  .meta({ id: 'Mark' })

/** A page of a chat's log: every row that changed after `after`, once, in its last state, up to `rev`. */
export const changesWire = z
  .object({
    after: z.int(),
    rev: z.int(),
    messages: z.array(messageWire),
    members: z.array(memberWire),
    chat: chatWire.nullable(),
    reads: z.array(readWire),
    more: z.boolean(),
    reset: z.boolean(),
  })
  .meta({ id: 'Changes' })
export type ChangesWire = z.infer<typeof changesWire>

const syncedWire = changesWire.extend({ unread: z.int(), mentions: z.int() }).meta({ id: 'Synced' })
export type SyncedWire = z.infer<typeof syncedWire>

export const syncWire = z.object({ chats: z.record(z.uuid(), syncedWire), removed: z.array(z.uuid()) })
export type SyncWire = z.infer<typeof syncWire>

export const historyWire = z.object({
  data: z.array(messageWire),
  page: z.object({ before: z.int().nullable(), after: z.int().nullable() }),
  rev: z.int(),
})

export const messageAnswer = z.object({ message: messageWire })
export const meAnswer = z.object({ me: meWire })

/** As Unicode lists it: with its variation selector, its skin tone and all its joiners, and nothing beside it. */
const EMOJI = /^\p{RGI_Emoji}$/v

const isEmoji = (text: string): boolean => text.length <= 64 && EMOJI.test(text)

export const emoji = z.string().refine(isEmoji, 'not one emoji as Unicode lists it').meta({ example: '👍' })

/** The same in a path. It is no id, so what is none is `invalid`. */
export const pathEmoji = z
  .string()
  .meta({ example: '👍' })
  .transform((text) => (isEmoji(text) ? text : refuse('invalid', 'emoji')))
