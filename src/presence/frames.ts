import { z } from 'zod'
import { refuse } from '../platform/errors.ts'
import { isIn, PRESENCE_STATES, watch } from '../platform/realtime/connection.ts'
import { type Frames, frame } from '../platform/realtime/frames.ts'
import { id } from '../platform/schema.ts'
import { findSenders } from '../accounts/index.ts'
import type { Here } from './here.ts'
import type { Typing } from './typing.ts'
import { keepVisible } from './watch.ts'

const MAX_WATCHED = 200

export const presenceFrame = z.strictObject({ state: z.enum(PRESENCE_STATES) })
export const watchPresenceFrame = z.strictObject({ user_ids: z.array(id<'user'>()).max(MAX_WATCHED) })
export const typingFrame = z.strictObject({ chat_id: id<'chat'>(), is_typing: z.boolean() })

/** `presence`, `watch_presence` and `typing`. */
export function presenceFrames(here: Here, typing: Typing): Frames {
  return {
    presence: frame(presenceFrame, (_app, { userId }, { state }, socket) => {
      socket.data.state = state
      here.changed(userId)
      return { data: [{ user_id: userId, state: here.of(userId) }] }
    }),
    watch_presence: frame(watchPresenceFrame, async (app, session, { user_ids }, socket) => {
      const userIds = await keepVisible(app, session, user_ids)
      // Subscribed first: what changes after the answer is told.
      watch(socket, userIds)
      return { data: userIds.map((userId) => ({ user_id: userId, state: here.of(userId) })) }
    }),
    typing: frame(typingFrame, async (app, { userId }, { chat_id: chatId, is_typing: isTyping }, socket) => {
      if (!isIn(socket, chatId)) refuse('not_found', 'chat')
      if (!isTyping) typing.end(chatId, userId)
      else if (typing.isDue(chatId, userId)) {
        const sender = (await findSenders(app.db.read, [userId])).get(userId)
        // Asked again after the wait: who was removed meanwhile tells nothing (C8).
        if (sender !== undefined && isIn(socket, chatId))
          typing.begin({ chatId, userId, username: sender.username })
      }
      return {}
    }),
  }
}
