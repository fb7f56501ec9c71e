import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { seq } from '../platform/schema.ts'
import { listChanges } from './changes.ts'
import { markRead } from './markRead.ts'
import { markUnread } from './markUnread.ts'
import { changesWire, markWire, meAnswer } from './wire.ts'

const params = z.object({ id: pathId<'chat'>('chat') })

const routes = {
  read: createRoute({
    method: 'post',
    path: '/api/chats/{id}/read',
    request: { params, body: json(z.strictObject({ seq })) },
    responses: { 200: json(markWire, 'Where the mark stands now.') },
  }),
  unread: createRoute({
    method: 'post',
    path: '/api/chats/{id}/unread',
    request: { params, body: json(z.strictObject({ seq: seq.min(1) })) },
    responses: { 200: json(meAnswer, 'Counts start at this place until the next read.') },
  }),
  changes: createRoute({
    method: 'get',
    path: '/api/chats/{id}/changes',
    request: { params, query: z.strictObject({ after: z.coerce.number().int().min(0) }) },
    responses: { 200: json(changesWire, 'What changed after that rev, at most 200 rows and 256 KiB.') },
  }),
}

/** How far a chat was read, and what was missed of it. */
export function mountMarksApi(api: Api): void {
  api.openapi(routes.read, async (c) => {
    const marking = { userId: requireSession(c).userId, chatId: c.req.valid('param').id }
    return c.json(await markRead(c.var.app, { ...marking, ...c.req.valid('json') }), 200)
  })
  api.openapi(routes.unread, async (c) => {
    const marking = { userId: requireSession(c).userId, chatId: c.req.valid('param').id }
    return c.json({ me: await markUnread(c.var.app, { ...marking, ...c.req.valid('json') }) }, 200)
  })
  api.openapi(routes.changes, async (c) => {
    const asked = { userId: requireSession(c).userId, chatId: c.req.valid('param').id }
    return c.json(await listChanges(c.var.app, { ...asked, ...c.req.valid('query') }), 200)
  })
}
