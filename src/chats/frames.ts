import { z } from '@hono/zod-openapi'
import { type Frames, frame } from '../platform/realtime/frames.ts'
import { id } from '../platform/schema.ts'
import { joinChat } from './join.ts'
import { leaveChat } from './leave.ts'
import { getChat } from './list.ts'

const room = z.strictObject({ chat_id: id<'chat'>() })

export const chatFrames: Frames = {
  join_room: frame(room, async (app, session, { chat_id }) => ({
    chat: await joinChat(app, session.userId, chat_id),
  })),
  leave_room: frame(room, async (app, session, { chat_id }) => {
    const chat = await getChat(app, session.userId, chat_id)
    await leaveChat(app, session.userId, chat_id)
    return { chat: { ...chat, me: null, last_message: null } }
  }),
}
