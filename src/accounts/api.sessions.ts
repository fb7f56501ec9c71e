import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, noContent, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { page, pageQuery } from '../platform/schema.ts'
import { endOtherSessions, endSession, logOut } from './endSessions.ts'
import { listSessions } from './listSessions.ts'
import { requireUser } from './people.ts'
import { ownUserToWire, type PresenceOf } from './present.ts'
import { ownUserWire, sessionWire } from './wire.ts'
import { createTicket } from './wsTicket.ts'

const routes = {
  me: createRoute({
    method: 'get',
    path: '/api/auth/me',
    responses: { 200: json(z.object({ user: ownUserWire }), 'The asker, with e-mail and phone.') },
  }),
  logout: createRoute({
    method: 'post',
    path: '/api/auth/logout',
    responses: { 204: noContent('This session is over, its sockets are closed.') },
  }),
  list: createRoute({
    method: 'get',
    path: '/api/auth/sessions',
    request: { query: pageQuery },
    responses: { 200: json(z.object({ data: z.array(sessionWire), page }), 'Where the asker is signed in.') },
  }),
  end: createRoute({
    method: 'delete',
    path: '/api/auth/sessions/{id}',
    request: { params: z.object({ id: pathId<'session'>('session') }) },
    responses: { 204: noContent('That session is over.') },
  }),
  endOthers: createRoute({
    method: 'delete',
    path: '/api/auth/sessions',
    responses: { 204: noContent('All sessions but this one are over.') },
  }),
  ticket: createRoute({
    method: 'post',
    path: '/api/auth/ws-ticket',
    responses: { 201: json(z.object({ ticket: z.string() }), 'Opens one socket within 30 s.') },
  }),
}

export function mountSessionsApi(api: Api, presenceOf: PresenceOf): void {
  api.openapi(routes.me, async (c) => {
    const user = await requireUser(c.var.app.db.read, requireSession(c).userId)
    return c.json({ user: await ownUserToWire(c.var.app, user, presenceOf(user.id)) }, 200)
  })
  api.openapi(routes.logout, async (c) => {
    await logOut(c.var.app, requireSession(c))
    return c.body(null, 204)
  })
  api.openapi(routes.list, async (c) =>
    c.json(await listSessions(c.var.app, requireSession(c), c.req.valid('query')), 200),
  )
  api.openapi(routes.end, async (c) => {
    await endSession(c.var.app, requireSession(c).userId, c.req.valid('param').id)
    return c.body(null, 204)
  })
  api.openapi(routes.endOthers, async (c) => {
    await endOtherSessions(c.var.app, requireSession(c))
    return c.body(null, 204)
  })
  api.openapi(routes.ticket, async (c) =>
    c.json({ ticket: await createTicket(c.var.app, requireSession(c)) }, 201),
  )
}
