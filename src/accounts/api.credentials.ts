import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../platform/context.ts'
import type { Api } from '../platform/http/api.ts'
import { json, noContent } from '../platform/http/routes.ts'
import { forgotPassword, resendVerification } from './askByMail.ts'
import { askerOf } from './asker.ts'
import { logIn } from './logIn.ts'
import { ownUserToWire, type PresenceOf } from './present.ts'
import { refresh } from './refresh.ts'
import { resetPassword } from './resetPassword.ts'
import type { SignedIn } from './startSession.ts'
import { emailInput, givenPassword, newPassword } from './user.ts'
import { verifyEmail } from './verifyEmail.ts'
import { type CredentialsWire, credentialsWire, ownUserWire } from './wire.ts'

const token = z.string().min(1).max(200)
const email = z.strictObject({ email: emailInput })
const nothing = z.strictObject({})

const routes = {
  login: createRoute({
    method: 'post',
    path: '/api/auth/login',
    request: { body: json(z.strictObject({ email: emailInput, password: givenPassword })) },
    responses: { 200: json(credentialsWire, 'Signed in.') },
  }),
  refresh: createRoute({
    method: 'post',
    path: '/api/auth/refresh',
    request: { body: json(z.strictObject({ refresh_token: token })) },
    responses: { 200: json(credentialsWire, 'New tokens; the old refresh token is spent.') },
  }),
  verify: createRoute({
    method: 'post',
    path: '/api/auth/verify-email',
    request: { body: json(z.strictObject({ token })) },
    responses: { 200: json(z.object({ user: ownUserWire }), 'The e-mail is proven.') },
  }),
  resend: createRoute({
    method: 'post',
    path: '/api/auth/resend-verification',
    request: { body: json(email) },
    responses: { 202: json(nothing, 'The same answer for every address.') },
  }),
  forgot: createRoute({
    method: 'post',
    path: '/api/auth/forgot-password',
    request: { body: json(email) },
    responses: { 202: json(nothing, 'The same answer for every address.') },
  }),
  reset: createRoute({
    method: 'post',
    path: '/api/auth/reset-password',
    request: { body: json(z.strictObject({ token, password: newPassword })) },
    responses: { 204: noContent('The password is set, all sessions are over.') },
  }),
}

/** What a stranger may ask: nothing here needs a session. */
export function mountCredentialsApi(api: Api, presenceOf: PresenceOf): void {
  api.openapi(routes.login, async (c) => {
    const from = { address: c.var.address, userAgent: c.req.header('user-agent') ?? '' }
    const signedIn = await logIn(c.var.app, c.req.valid('json'), from)
    return c.json(await credentialsToWire(c.var.app, signedIn, presenceOf), 200)
  })
  api.openapi(routes.refresh, async (c) => {
    const signedIn = await refresh(c.var.app, c.req.valid('json').refresh_token)
    return c.json(await credentialsToWire(c.var.app, signedIn, presenceOf), 200)
  })
  api.openapi(routes.verify, async (c) => {
    const user = await verifyEmail(c.var.app, c.req.valid('json').token)
    return c.json({ user: await ownUserToWire(c.var.app, user, presenceOf(user.id)) }, 200)
  })
  api.openapi(routes.resend, async (c) => {
    await resendVerification(c.var.app, c.req.valid('json').email, askerOf(c))
    return c.json({}, 202)
  })
  api.openapi(routes.forgot, async (c) => {
    await forgotPassword(c.var.app, c.req.valid('json').email, askerOf(c))
    return c.json({}, 202)
  })
  api.openapi(routes.reset, async (c) => {
    const { token: link, password } = c.req.valid('json')
    await resetPassword(c.var.app, link, password, askerOf(c).locale)
    return c.body(null, 204)
  })
}

async function credentialsToWire(
  app: App,
  { user, accessToken, refreshToken, expiresIn }: SignedIn,
  presenceOf: PresenceOf,
): Promise<CredentialsWire> {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    user: await ownUserToWire(app, user, presenceOf(user.id)),
  }
}
