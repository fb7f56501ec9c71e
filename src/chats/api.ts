import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, noContent, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { clientId, id, line, name, page, pageQuery } from '../platform/schema.ts'
import { mountMembersApi } from './api.members.ts'
import { changeChat } from './change.ts'
import { listChannels } from './channels.ts'
import { createChat } from './create.ts'
import { deleteChat } from './delete.ts'
import { joinChat } from './join.ts'
import { leaveChat } from './leave.ts'
import { getChat, listChats } from './list.ts'
import { chatWire } from './wire.ts'

const chatAnswer = z.object({ chat: chatWire })
const chatList = z.object({ data: z.array(chatWire), page })
const chatPath = z.object({ id: pathId<'chat'>('chat') })

const newChat = z.strictObject({
  kind: z.enum(['direct', 'group', 'channel']),
  visibility: z.enum(['private', 'public']).optional(),
  name: name(80, 1).optional(),
  member_ids: z.array(id<'user'>()).max(1000).optional(),
  client_id: clientId.optional(),
})

const chatChange = z.strictObject({
  name: name(80, 1).optional(),
  topic: line(250).optional(),
  visibility: z.enum(['private', 'public']).optional(),
  archived: z.boolean().optional(),
})

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/chats',
    request: { query: pageQuery },
    responses: { 200: json(chatList, "The asker's chats, by id.") },
  }),
  create: createRoute({
    method: 'post',
    path: '/api/chats',
    request: { body: json(newChat) },
    responses: {
      201: json(chatAnswer, 'The new chat.'),
      200: json(chatAnswer, 'The chat that was there already: a repeat.'),
    },
  }),
  get: createRoute({
    method: 'get',
    path: '/api/chats/{id}',
    request: { params: chatPath },
    responses: { 200: json(chatAnswer, 'The chat; its outside only to non-members of a public channel.') },
  }),
  change: createRoute({
    method: 'put',
    path: '/api/chats/{id}',
    request: { params: chatPath, body: json(chatChange) },
    responses: { 200: json(chatAnswer, 'The chat as it is now.') },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/api/chats/{id}',
    request: { params: chatPath },
    responses: { 204: noContent('Deleted: unreadable at once, purged after 30 days.') },
  }),
  join: createRoute({
    method: 'post',
    path: '/api/chats/{id}/join',
    request: { params: chatPath },
    responses: { 200: json(chatAnswer, 'The public channel, joined now or before.') },
  }),
  leave: createRoute({
    method: 'post',
    path: '/api/chats/{id}/leave',
    request: { params: chatPath },
    responses: { 204: noContent('Left.') },
  }),
  channels: createRoute({
    method: 'get',
    path: '/api/channels',
    request: { query: pageQuery.extend({ query: line(80).default('') }) },
    responses: { 200: json(chatList, 'Public channels by name.') },
  }),
}

export function mountChatsApi(api: Api): void {
  api.openapi(routes.list, async (c) =>
    c.json(await listChats(c.var.app, requireSession(c).userId, c.req.valid('query')), 200),
  )
  api.openapi(routes.create, async (c) => {
    const { member_ids, client_id, ...draft } = c.req.valid('json')
    const { chat, created } = await createChat(c.var.app, requireSession(c).userId, {
      ...draft,
      memberIds: member_ids,
      clientId: client_id,
    })
    return created ? c.json({ chat }, 201) : c.json({ chat }, 200)
  })
  api.openapi(routes.get, async (c) =>
    c.json({ chat: await getChat(c.var.app, requireSession(c).userId, c.req.valid('param').id) }, 200),
  )
  api.openapi(routes.change, async (c) => {
    const change = { chatId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json({ chat: await changeChat(c.var.app, requireSession(c).userId, change) }, 200)
  })
  api.openapi(routes.remove, async (c) => {
    await deleteChat(c.var.app, requireSession(c).userId, c.req.valid('param').id)
    return c.body(null, 204)
  })
  api.openapi(routes.join, async (c) =>
    c.json({ chat: await joinChat(c.var.app, requireSession(c).userId, c.req.valid('param').id) }, 200),
  )
  api.openapi(routes.leave, async (c) => {
    await leaveChat(c.var.app, requireSession(c).userId, c.req.valid('param').id)
    return c.body(null, 204)
  })
  api.openapi(routes.channels, async (c) =>
    c.json(await listChannels(c.var.app, requireSession(c).userId, c.req.valid('query')), 200),
  )
  mountMembersApi(api)
}
