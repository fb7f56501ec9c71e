import { z } from '@hono/zod-openapi'
import { type Frames, frame, heavyFrame } from '../platform/realtime/frames.ts'
import { id, seq } from '../platform/schema.ts'
import { markMessageRead, markRead } from './markRead.ts'
import { react } from './react.ts'
import { syncChats } from './sync.ts'
import { emoji } from './wire.ts'

const message_id = id<'message'>()
const chat_id = id<'chat'>()

/** What others do to what was said, and how a device catches up with it. */
export const marksFrames: Frames = {
  react: frame(
    z.strictObject({ message_id, emoji, on: z.boolean() }),
    async (app, { userId }, { message_id: messageId, emoji, on }) => ({
      message: await react(app, { userId, messageId, emoji, on }),
    }),
  ),
  message_read: frame(
    z.union([z.strictObject({ message_id }), z.strictObject({ chat_id, seq })]),
    async (app, { userId }, mark) =>
      'message_id' in mark
        ? await markMessageRead(app, { userId, messageId: mark.message_id })
        : await markRead(app, { userId, chatId: mark.chat_id, seq: mark.seq }),
  ),
  sync: heavyFrame(
    z.strictObject({
      epoch: z.string().max(64).optional(),
      chats: z.record(chat_id, seq),
      after: chat_id.optional(),
      until: chat_id.optional(),
    }),
    async (app, { userId }, syncing) => await syncChats(app, { userId, ...syncing }),
  ),
}
