import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { id } from '../platform/schema.ts'
import { mountMarksApi } from './api.marks.ts'
import { mountMessageApi } from './api.message.ts'
import { draftFields, toDraft } from './draft.ts'
import { loadHistory } from './history.ts'
import { sendMessage } from './send.ts'
import { historyWire, messageAnswer } from './wire.ts'

const chatPath = z.object({ id: pathId<'chat'>('chat') })
const place = z.coerce.number().int().min(0)

const routes = {
  history: createRoute({
    method: 'get',
    path: '/api/chats/{id}/messages',
    request: {
      params: chatPath,
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(50),
        before: place.optional(),
        after: place.optional(),
        around: id<'message'>().optional(),
      }),
    },
    responses: {
      200: json(historyWire, 'A stretch of the chat, oldest first; the newest when no bound is given.'),
    },
  }),
  send: createRoute({
    method: 'post',
    path: '/api/chats/{id}/messages',
    request: { params: chatPath, body: json(z.strictObject(draftFields)) },
    responses: {
      201: json(messageAnswer, 'Stored, durably.'),
      200: json(messageAnswer, 'A repeat of `client_id`: the first message, as it is now.'),
    },
  }),
}

export function mountMessagesApi(api: Api): void {
  api.openapi(routes.history, async (c) => {
    const asked = { chatId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await loadHistory(c.var.app, requireSession(c).userId, asked), 200)
  })
  api.openapi(routes.send, async (c) => {
    const { userId } = requireSession(c)
    const draft = toDraft(c.req.valid('param').id, c.req.valid('json'))
    const { message, created } = await sendMessage(c.var.app, userId, draft)
    return created ? c.json({ message }, 201) : c.json({ message }, 200)
  })
  mountMarksApi(api)
  mountMessageApi(api)
}
