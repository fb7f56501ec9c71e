import { afterEach, expect, test } from 'bun:test'
import { askerAt, PASSWORD, startTestNode, type TestNode } from '../testing/node.ts'

let node: TestNode
afterEach(() => node.stop())

const draftOf = (username: string) => ({ email: `${username}@example.org`, username, password: PASSWORD })
const register = (body: unknown) => node.stranger.post('/api/auth/register', body)

test('the first account needs no token at the machine itself, and one through a proxy', async () => {
  node = await startTestNode()
  const throughProxy = askerAt(node.url, { 'x-forwarded-for': '192.0.2.1' })
  const register = (body: unknown) => throughProxy.post('/api/auth/register', body)

  expect((await register(draftOf('cy'))).body).toMatchObject({
    status: 403,
    code: 'forbidden',
    reason: 'setup_token',
  })
  expect((await register({ ...draftOf('cy'), setup_token: 'wrong' })).body.reason).toBe('setup_token')
  const { status, body } = await register({ ...draftOf('ann'), setup_token: node.node.setupToken ?? '' })

  expect(status).toBe(201)
  expect(body.user).toMatchObject({ username: 'ann', role: 'owner', email: 'ann@example.org' })
  const ann = await node.signIn('ann')
  expect((await ann.get('/api/chats')).body.data).toEqual([])
})

test('what is no account is refused, and nothing is made of it (S-23)', async () => {
  node = await startTestNode()
  const good = draftOf('ann')
  const bad = [
    {},
    { ...good, role: 'owner' },
    { ...good, is_active: true },
    { ...good, username: 'Ann' },
    { ...good, username: '.ann' },
    { ...good, username: 'a'.repeat(33) },
    { ...good, username: 'аnn' },
    { ...good, username: 'channel' },
    { ...good, username: 'here' },
    { ...good, username: 'all' },
    { ...good, email: 'ann@' },
    { ...good, email: 'ann@example.org, cy@example.org' },
    { ...good, email: 'ann@example.org\r\nBcc: cy@example.org' },
    { ...good, password: 'seven77' },
    { ...good, password: 'x'.repeat(1025) },
    { ...good, full_name: '\u0000' },
    { ...good, full_name: 'x'.repeat(101) },
    { ...good, invite: 7 },
    { ...good, setup_token: null },
  ]

  for (const body of bad) expect([body, (await register(body)).status]).toEqual([body, 400])
  expect((await register(good)).body.user.role).toBe('owner')
})

test('an admin invites, a guest comes in by the invite with the role it says, and no one without', async () => {
  node = await startTestNode()
  await register(draftOf('root'))
  const root = await node.signIn('root')
  const cy = await node.person('cy')
  const { chat } = (await root.post('/api/chats', { kind: 'group', name: 'tea' })).body

  const made = await root.post('/api/invites', {
    role: 'guest',
    max_uses: 1,
    expires_in_s: 3600,
    chat_ids: [chat.id],
  })
  expect(made.status).toBe(201)
  const { invite } = made.body
  expect(invite).toEqual({
    code: expect.stringMatching(/^[\w-]{43}$/),
    url: `${node.url.replace(/\/$/, '')}/join/${invite.code}`,
    role: 'guest',
    max_uses: 1,
    uses: 0,
    expires_at: expect.stringMatching(/Z$/),
    chat_ids: [chat.id],
    created_by: root.id,
    created_at: expect.stringMatching(/Z$/),
  })

  expect((await register(draftOf('bo'))).body).toMatchObject({ status: 403, reason: 'invite_invalid' })
  expect((await register({ ...draftOf('cy'), invite: invite.code })).body).toMatchObject({
    status: 409,
    reason: 'username_taken',
  })
  expect((await register({ ...draftOf('bo'), invite: invite.code })).body.user.role).toBe('guest')
  const bo = await node.signIn('bo')
  expect((await bo.get('/api/chats')).body.data.map(({ name }: { name: string }) => name)).toEqual(['tea'])
  expect((await register({ ...draftOf('eve'), invite: invite.code })).body.reason).toBe('invite_invalid')

  expect((await root.get('/api/invites')).body).toMatchObject({
    data: [{ code: invite.code, uses: 1 }],
    page: { next: null },
  })
  for (const asker of [cy, bo]) {
    expect((await asker.get('/api/invites')).status).toBe(403)
    expect((await asker.post('/api/invites', {})).status).toBe(403)
    expect((await asker.del(`/api/invites/${invite.code}`)).status).toBe(403)
  }
  expect((await root.del(`/api/invites/${invite.code}`)).status).toBe(204)
  expect((await root.del(`/api/invites/${invite.code}`)).status).toBe(204)
  expect((await root.del('/api/invites/unknown')).status).toBe(404)
  expect((await root.get('/api/invites')).body.data).toEqual([])
})

test('what is no invite is refused', async () => {
  node = await startTestNode()
  await register(draftOf('root'))
  const root = await node.signIn('root')
  const bad = [
    { role: 'boss' },
    { role: 'guest' },
    { max_uses: 0 },
    { max_uses: 1.5 },
    { expires_in_s: 1 },
    { expires_in_s: 10 ** 9 },
    { chat_ids: ['x'] },
    { code: 'chosen' },
    { uses: -5 },
  ]

  for (const body of bad) expect([body, (await root.post('/api/invites', body)).status]).toEqual([body, 400])
})

test('with mail on every registration that could be is answered by the same empty 202 (S-55)', async () => {
  node = await startTestNode({ WARREN_SMTP_URL: 'mailbox:', WARREN_REGISTRATION: 'open' })
  const answers = [
    await register(draftOf('root')),
    await register(draftOf('bo')),
    await register({ ...draftOf('eve'), email: 'root@example.org' }),
  ]

  for (const { status, body } of answers) expect([status, body]).toEqual([202, {}])
  expect((await register(draftOf('bo'))).body.reason).toBe('username_taken')
  const login = await node.stranger.post('/api/auth/login', { email: 'bo@example.org', password: PASSWORD })
  expect(login.body).toMatchObject({ status: 403, reason: 'email_unverified' })
  expect(await node.signIn('root')).toMatchObject({ username: 'root' })
})
