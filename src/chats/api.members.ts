import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, noContent, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { id, page, pageQuery } from '../platform/schema.ts'
import { addMember } from './addMember.ts'
import { listMembers } from './members.ts'
import { removeMember } from './removeMember.ts'
import { setMemberRole } from './setMemberRole.ts'
import { CHAT_ROLES, memberWire } from './wire.ts'

const memberAnswer = z.object({ member: memberWire })
const chatPath = z.object({ id: pathId<'chat'>('chat') })
const memberPath = chatPath.extend({ user_id: pathId<'user'>('member') })

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/chats/{id}/members',
    request: { params: chatPath, query: pageQuery },
    responses: { 200: json(z.object({ data: z.array(memberWire), page }), 'Members by username.') },
  }),
  add: createRoute({
    method: 'post',
    path: '/api/chats/{id}/members',
    request: {
      params: chatPath,
      body: json(z.strictObject({ user_id: id<'user'>(), role: z.enum(CHAT_ROLES).optional() })),
    },
    responses: {
      201: json(memberAnswer, 'The new member.'),
      200: json(memberAnswer, 'Who was in already.'),
    },
  }),
  setRole: createRoute({
    method: 'put',
    path: '/api/chats/{id}/members/{user_id}',
    request: { params: memberPath, body: json(z.strictObject({ role: z.enum(CHAT_ROLES) })) },
    responses: { 200: json(memberAnswer, 'The member as they are now.') },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/api/chats/{id}/members/{user_id}',
    request: { params: memberPath },
    responses: { 204: noContent('Removed: nothing later reaches them.') },
  }),
}

export function mountMembersApi(api: Api): void {
  api.openapi(routes.list, async (c) => {
    const paging = { chatId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await listMembers(c.var.app, requireSession(c).userId, paging), 200)
  })
  api.openapi(routes.add, async (c) => {
    const { user_id, role } = c.req.valid('json')
    const adding = { chatId: c.req.valid('param').id, userId: user_id, role }
    const { member, added } = await addMember(c.var.app, requireSession(c).userId, adding)
    return added ? c.json({ member }, 201) : c.json({ member }, 200)
  })
  api.openapi(routes.setRole, async (c) => {
    const { id: chatId, user_id: userId } = c.req.valid('param')
    const change = { chatId, userId, role: c.req.valid('json').role }
    return c.json({ member: await setMemberRole(c.var.app, requireSession(c).userId, change) }, 200)
  })
  api.openapi(routes.remove, async (c) => {
    const { id: chatId, user_id: userId } = c.req.valid('param')
    await removeMember(c.var.app, requireSession(c).userId, { chatId, userId })
    return c.body(null, 204)
  })
}
