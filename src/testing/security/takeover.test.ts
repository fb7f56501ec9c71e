import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  createResetLink,
  createUser,
  forgotPassword,
  OPERATOR,
  resetPassword,
  setStanding,
  verifyEmail,
} from '../../accounts/index.ts'
import { openTestApp, reasonOf } from '../app.ts'
import { enrol, FROM, PASSWORD } from '../cast.ts'
import { askerAt, startTestNode, type TestNode, type TestPerson } from '../node.ts'
import { openVisitor } from '../visitor.ts'

// Ways to become somebody else.

let node: TestNode
let ann: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  await node.person('ada', 'owner')
  ann = await node.person('ann')
})
afterAll(() => node.stop())

const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''

test('a reset link that an admin made opens nobody who has risen since (S-07, S-17)', async () => {
  const { app, close } = await openTestApp()
  const eve = await enrol(app, 'eve', 'admin')
  const bo = await enrol(app, 'bo')
  const kept = tokenOf(await createResetLink(app, eve.id, bo.id))

  await setStanding(app, OPERATOR, { userId: bo.id, role: 'owner' })

  expect(await reasonOf(resetPassword(app, kept, 'the password of eve'))).toBe('token_invalid')
  await close()
})

test('no token works in the place of another kind, at any door that takes one (S-01, S-07)', async () => {
  const { body } = await ann.post('/api/auth/ws-ticket')
  const invite = await (await node.signIn('ada')).post('/api/invites', {})
  const kinds: Record<string, string> = {
    access: ann.token,
    refresh: ann.refreshToken,
    ticket: body.ticket,
    invite: invite.body.invite.code,
  }
  const opens = (path: string) =>
    fetch(node.url + path, { headers: { upgrade: 'websocket', connection: 'upgrade' } })
  const doors: Record<string, (token: string) => Promise<number>> = {
    access: async (token) =>
      (await askerAt(node.url, { authorization: `Bearer ${token}` }).get('/api/auth/me')).status,
    refresh: async (refresh_token) =>
      (await node.stranger.post('/api/auth/refresh', { refresh_token })).status,
    verify: async (token) => (await node.stranger.post('/api/auth/verify-email', { token })).status,
    reset: async (token) =>
      (await node.stranger.post('/api/auth/reset-password', { token, password: 'another one' })).status,
    ticket: async (token) => (await opens(`/ws?ticket=${token}`)).status,
    urlToken: async (token) => (await opens(`/ws?token=${token}`)).status,
    register: async (code) =>
      (
        await node.stranger.post('/api/auth/register', {
          email: 'eve@example.org',
          username: 'eve',
          password: PASSWORD,
          invite: code,
        })
      ).status,
  }
  const fits: Record<string, string[]> = {
    access: ['access', 'urlToken'],
    refresh: ['refresh'],
    ticket: ['ticket'],
    invite: ['register'],
  }

  for (const [kind, token] of Object.entries(kinds))
    for (const [door, knock] of Object.entries(doors)) {
      if (fits[kind]?.includes(door)) continue
      const status = await knock(token)
      expect([kind, door, status >= 400 && status < 500]).toEqual([kind, door, true])
    }
  expect((await ann.get('/api/auth/me')).status).toBe(200)
})

test('a link that proves an e-mail sets no password, and the other way round (S-07)', async () => {
  const { app, jobs, close } = await openTestApp()
  Object.assign(app, { config: { ...app.config, smtpUrl: 'mailbox:', baseUrl: 'https://chat.example.org' } })
  const ada = await enrol(app, 'ada', 'admin')
  const draft = { email: 'bo@example.org', username: 'bo', password: PASSWORD }
  const bo = await createUser(app, draft, { role: 'member', verified: false })
  const reset = tokenOf(await createResetLink(app, ada.id, bo.id))

  expect(await reasonOf(verifyEmail(app, reset))).toBe('token_invalid')
  await forgotPassword(app, bo.email, FROM)
  expect((await jobs()).map(({ kind }) => kind)).toEqual(['send_reset'])
  await close()
})

test('a node signs with its own keys: a token of another Warren is a stranger’s (S-01)', async () => {
  const other = await startTestNode()
  await other.person('root')
  const eve = await other.person('ann')
  const asker = askerAt(node.url, { authorization: `Bearer ${eve.token}` })

  expect((await asker.get('/api/auth/me')).status).toBe(401)
  expect((await node.stranger.post('/api/auth/refresh', { refresh_token: eve.refreshToken })).status).toBe(
    401,
  )
  await other.stop()
})

test('signing in makes a new session whatever cookies came, and ends the one the browser had (S-03)', async () => {
  const browser = openVisitor(node.url)
  browser.cookies.set('warren_access', 'chosen-by-eve')
  browser.cookies.set('warren_refresh', 'x'.repeat(43))
  const form = { email: 'ann@example.org', password: PASSWORD }

  await browser.post('/login', form)
  const first = browser.cookies.get('warren_refresh') ?? ''
  await browser.post('/login', form)
  const second = browser.cookies.get('warren_refresh') ?? ''

  expect([first, second].includes('x'.repeat(43))).toBe(false)
  expect(first).not.toBe(second)
  const renew = (refresh_token: string) => node.stranger.post('/api/auth/refresh', { refresh_token })
  expect((await renew(first)).status).toBe(401)
  expect((await renew(second)).status).toBe(200)
})

test('over HTTPS a cookie that a sister site could have set is not looked at (S-51)', async () => {
  const proxied = await startTestNode({ WARREN_TRUSTED_PROXIES: '127.0.0.0/8' })
  await proxied.person('root')
  const bo = await proxied.person('bo')
  const status = async (cookie: string, scheme: string): Promise<number> =>
    (await askerAt(proxied.url, { cookie, 'x-forwarded-proto': scheme }).get('/api/auth/me')).status

  expect(await status(`warren_access=${bo.token}`, 'http')).toBe(200)
  expect(await status(`warren_access=${bo.token}`, 'https')).toBe(401)
  expect(await status(`__Host-warren_access=${bo.token}`, 'https')).toBe(200)
  expect(await status(`__Host-warren_access=${bo.token}`, 'http')).toBe(401)
  await proxied.stop()
})

test('a page elsewhere whose name leads to this machine makes no first account (S-30)', async () => {
  const fresh = await startTestNode()
  const draft = { email: 'eve@example.org', username: 'eve', password: PASSWORD }
  const asked = (host: string) =>
    askerAt(fresh.url, { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })

  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.1'])
    expect((await asked(host).post('/api/auth/register', draft)).body.reason).toBe('setup_token')
  const { port } = new URL(fresh.url)
  const { status } = await asked(`localhost:${port}`).post('/api/auth/register', {
    ...draft,
    username: 'ann',
  })
  expect(status).toBe(201)
  await fresh.stop()
})
