import { z } from '@hono/zod-openapi'
import { STATUS } from './platform/errors.ts'
import { userWire } from './accounts/index.ts'
import { chatWire, memberWire, meWire } from './chats/index.ts'
import { changesWire, markWire, messageAnswer, syncWire } from './messages/index.ts'
import { messageWire } from './timeline/index.ts'

const id = z.uuid()
const state = z.enum(['online', 'away', 'dnd', 'offline'])
const codes = Object.keys(STATUS) as [keyof typeof STATUS]

const headWire = markWire.extend({ id, rev: z.int(), last_seq: z.int() }).meta({ id: 'Head' })

const membership = z.object({ chat_id: id, rev: z.int(), member: memberWire, actor_id: id })

/** `data` of every frame that the node sends, by `type`: the source of `/api/asyncapi.json`. */
export const serverFrames = {
  hello: z.object({
    user_id: id,
    node: z.string(),
    epoch: z.string(),
    heartbeat_ms: z.int(),
    chats: z.array(headWire),
  }),
  new_message: messageWire,
  message_updated: messageWire,
  message_deleted: messageWire,
  member_joined: membership,
  member_left: membership,
  member_updated: membership,
  chat_updated: z.object({ chat_id: id, rev: z.int(), chat: chatWire }),
  changes: changesWire.pick({ after: true, rev: true, messages: true, members: true, chat: true }).extend({
    chat_id: id,
  }),
  chat_created: z.object({ chat: chatWire }),
  chat_removed: z.object({ chat_id: id, rev: z.int().optional() }),
  me_updated: z.object({ chat_id: id, me: meWire }),
  user_updated: z.object({ user: userWire }),
  resync: z.object({ chat_id: id.optional(), reason: z.string() }),
  message_read: z.object({ chat_id: id, user_id: id, seq: z.int() }),
  user_typing: z.object({ chat_id: id, user_id: id, username: z.string(), is_typing: z.boolean() }),
  presence: z.object({ user_id: id, state }),
  going_away: z.object({ retry_after_ms: z.int() }),
  pong: z.object({ digest: z.int() }),
} as const satisfies Record<string, z.ZodType>

const chatAnswer = z.object({ chat: chatWire })
const presences = z.object({ data: z.array(z.object({ user_id: id, state })) })

/** `data` of the ack to each client frame, by the `type` that was sent. */
export const ackData: Readonly<Record<string, z.ZodType>> = {
  send_message: messageAnswer,
  edit_message: messageAnswer,
  delete_message: messageAnswer,
  react: messageAnswer,
  message_read: markWire,
  typing: z.object({}),
  join_room: chatAnswer,
  leave_room: chatAnswer,
  sync: syncWire,
  presence: presences,
  watch_presence: presences,
  ping: z.object({ digest: z.int() }),
}

/** The two frames that answer a `ref`; `error` without one refuses what was asked without one. */
export const answerFrames = {
  ack: z.object({ type: z.literal('ack'), ref: z.union([z.string(), z.int()]), data: z.looseObject({}) }),
  error: z.object({
    type: z.literal('error'),
    ref: z.union([z.string(), z.int()]).optional(),
    error: z.object({
      code: z.enum(codes),
      reason: z.string(),
      title: z.string(),
      detail: z.string().nullable(),
      retry_after_ms: z.int().optional(),
    }),
  }),
}
