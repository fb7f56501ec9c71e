import { z } from '@hono/zod-openapi'
import { type Frames, frame } from '../platform/realtime/frames.ts'
import { id } from '../platform/schema.ts'
import { content, draftFields, toDraft } from './draft.ts'
import { editMessage } from './edit.ts'
import { marksFrames } from './frames.marks.ts'
import { deleteMessage } from './remove.ts'
import { sendMessage } from './send.ts'

const message_id = id<'message'>()
const chat_id = id<'chat'>()

/** Client frames about messages, by type. A send takes its place before anything is awaited. */
export const messagesFrames: Frames = {
  send_message: frame(z.strictObject({ chat_id, ...draftFields }), async (app, { userId }, input) => {
    const { message } = await sendMessage(app, userId, toDraft(input.chat_id, input))
    return { message }
  }),
  edit_message: frame(
    z.strictObject({ message_id, content }),
    async (app, { userId }, { message_id: messageId, content }) => ({
      message: await editMessage(app, { userId, messageId, content }),
    }),
  ),
  delete_message: frame(
    z.strictObject({ message_id }),
    async (app, { userId }, { message_id: messageId }) => ({
      message: await deleteMessage(app, { userId, messageId }),
    }),
  ),
  ...marksFrames,
}
