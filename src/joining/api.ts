import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, noContent } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { id, page, pageQuery } from '../platform/schema.ts'
import {
  askerOf,
  emailInput,
  fullNameInput,
  isMailOn,
  mailOrigin,
  newPassword,
  ownUserToWire,
  ownUserWire,
  type PresenceOf,
  roleInput,
  usernameInput,
} from '../accounts/index.ts'
import { createInvite } from './createInvite.ts'
import { inviteToWire, MAX_EXPIRY_S, MAX_USES } from './invite.ts'
import { listInvites, revokeInvite } from './invites.ts'
import { register } from './register.ts'
import { inviteWire } from './wire.ts'

const registration = z.strictObject({
  email: emailInput,
  username: usernameInput,
  password: newPassword,
  full_name: fullNameInput.optional(),
  invite: z.string().max(200).optional(),
  setup_token: z.string().max(500).optional(),
})

const newInvite = z.strictObject({
  role: roleInput.optional(),
  max_uses: z.int().min(1).max(MAX_USES).nullable().optional(),
  expires_in_s: z.int().min(60).max(MAX_EXPIRY_S).optional(),
  chat_ids: z.array(id<'chat'>()).max(100).optional(),
})

const routes = {
  register: createRoute({
    method: 'post',
    path: '/api/auth/register',
    request: { body: json(registration) },
    responses: {
      201: json(z.object({ user: ownUserWire }), 'The account, where mail is off.'),
      202: json(z.strictObject({}), 'Where mail is on: a mail says how to go on.'),
    },
  }),
  create: createRoute({
    method: 'post',
    path: '/api/invites',
    request: { body: json(newInvite) },
    responses: { 201: json(z.object({ invite: inviteWire }), 'The invite.') },
  }),
  list: createRoute({
    method: 'get',
    path: '/api/invites',
    request: { query: pageQuery },
    responses: { 200: json(z.object({ data: z.array(inviteWire), page }), 'Invites, the newest first.') },
  }),
  revoke: createRoute({
    method: 'delete',
    path: '/api/invites/{code}',
    request: { params: z.object({ code: z.string().max(200) }) },
    responses: { 204: noContent('Nobody comes in by it any more.') },
  }),
}

/** Registering, and the row Invites of `docs/protocol.md`. Whoever signs up now is offline. */
export function mountJoiningApi(api: Api, presenceOf: PresenceOf = () => 'offline'): void {
  api.openapi(routes.register, async (c) => {
    const { app, isLocal } = c.var
    const user = await register(app, c.req.valid('json'), { ...askerOf(c), isLocal })
    if (user === null || isMailOn(app)) return c.json({}, 202)
    return c.json({ user: await ownUserToWire(app, user, presenceOf(user.id)) }, 201)
  })
  api.openapi(routes.create, async (c) => {
    const { app, origin } = c.var
    const invite = await createInvite(app, requireSession(c).userId, c.req.valid('json'))
    return c.json({ invite: inviteToWire(invite, origin ?? mailOrigin(app.config)) }, 201)
  })
  api.openapi(routes.list, async (c) => {
    const { app, origin } = c.var
    const { invites, next } = await listInvites(app, requireSession(c).userId, c.req.valid('query'))
    const data = invites.map((invite) => inviteToWire(invite, origin ?? mailOrigin(app.config)))
    return c.json({ data, page: { next } }, 200)
  })
  api.openapi(routes.revoke, async (c) => {
    await revokeInvite(c.var.app, requireSession(c).userId, c.req.valid('param').code)
    return c.body(null, 204)
  })
}
