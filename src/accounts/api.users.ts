import { createRoute, z } from '@hono/zod-openapi'
import type { Api } from '../platform/http/api.ts'
import { json, noContent, pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { line, page, pageQuery } from '../platform/schema.ts'
import { askerOf } from './asker.ts'
import { changePassword } from './changePassword.ts'
import { findPerson, listPeople } from './people.ts'
import { ownUserToWire, type PresenceOf } from './present.ts'
import { profileInput } from './profileInput.ts'
import { setStanding } from './setStanding.ts'
import { updateProfile } from './updateProfile.ts'
import { givenPassword, newPassword, roleInput } from './user.ts'
import { ownUserWire, personWire } from './wire.ts'

const personPath = z.object({ id: pathId<'user'>('user') })
const personAnswer = z.object({ user: personWire })

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/users',
    request: { query: pageQuery.extend({ query: line(100).optional() }) },
    responses: { 200: json(z.object({ data: z.array(personWire), page }), 'People by username.') },
  }),
  updateMe: createRoute({
    method: 'put',
    path: '/api/users/me',
    request: { body: json(profileInput) },
    responses: { 200: json(z.object({ user: ownUserWire }), 'The profile as it is now.') },
  }),
  password: createRoute({
    method: 'put',
    path: '/api/users/me/password',
    request: { body: json(z.strictObject({ current_password: givenPassword, new_password: newPassword })) },
    responses: { 204: noContent('The password is set, all other sessions are over.') },
  }),
  get: createRoute({
    method: 'get',
    path: '/api/users/{id}',
    request: { params: personPath },
    responses: { 200: json(personAnswer, 'The person.') },
  }),
  change: createRoute({
    method: 'put',
    path: '/api/users/{id}',
    request: {
      params: personPath,
      body: json(z.strictObject({ role: roleInput.optional(), is_active: z.boolean().optional() })),
    },
    responses: { 200: json(personAnswer, 'The person as they are now.') },
  }),
}

export function mountUsersApi(api: Api, presenceOf: PresenceOf): void {
  api.openapi(routes.list, async (c) =>
    c.json(await listPeople(c.var.app, requireSession(c).userId, c.req.valid('query'), presenceOf), 200),
  )
  api.openapi(routes.updateMe, async (c) => {
    const { userId } = requireSession(c)
    const user = await updateProfile(c.var.app, userId, c.req.valid('json'), presenceOf)
    return c.json({ user: await ownUserToWire(c.var.app, user, presenceOf(userId)) }, 200)
  })
  api.openapi(routes.password, async (c) => {
    const { current_password: current, new_password: next } = c.req.valid('json')
    await changePassword(c.var.app, requireSession(c), { current, next, asked: askerOf(c).locale })
    return c.body(null, 204)
  })
  api.openapi(routes.get, async (c) => {
    const { id } = c.req.valid('param')
    return c.json({ user: await findPerson(c.var.app, requireSession(c).userId, id, presenceOf) }, 200)
  })
  api.openapi(routes.change, async (c) => {
    const { userId } = requireSession(c)
    const { id } = c.req.valid('param')
    await setStanding(c.var.app, userId, { userId: id, ...c.req.valid('json') })
    return c.json({ user: await findPerson(c.var.app, userId, id, presenceOf) }, 200)
  })
}
