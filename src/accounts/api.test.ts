import { afterAll, beforeAll, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { PASSWORD, startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'

let node: TestNode
let ada: TestPerson
let ann: TestPerson
let cy: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  await node.person('root')
  ada = await node.person('ada', 'admin')
  ann = await node.person('ann')
  cy = await node.person('cy', 'guest')
})
afterAll(() => node.stop())

const login = (body: unknown) => node.stranger.post('/api/auth/login', body)
const annDraft = { email: 'ann@example.org', password: PASSWORD }

test('logging in answers two tokens and oneself', async () => {
  const { status, body } = await login({ ...annDraft, email: 'ANN@Example.org' })

  expect(status).toBe(200)
  expect(body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 1800,
    user: {
      id: ann.id,
      username: 'ann',
      full_name: 'ann',
      avatar_url: null,
      bio: '',
      status_text: '',
      status_emoji: '',
      role: 'member',
      kind: 'person',
      presence: expect.any(String),
      is_active: true,
      email: 'ann@example.org',
      phone_number: null,
      locale: null,
    },
  })
})

test('an unknown account and a wrong password get the same answer to the byte (S-09)', async () => {
  const answers = [
    await login({ ...annDraft, password: 'a wrong one' }),
    await login({ email: 'cya@example.org', password: PASSWORD }),
  ]

  const [one, other] = answers.map(({ status, body }) => JSON.stringify([status, { ...body, request_id: 0 }]))
  expect(answers[0]?.status).toBe(401)
  expect(one).toBe(other ?? '')
})

test('what is no login is refused before anything is looked up (S-09, S-23)', async () => {
  const bad = [
    {},
    [],
    null,
    'x',
    { ...annDraft, extra: 1 },
    { email: annDraft.email },
    { email: { $ne: '' }, password: { $ne: '' } },
    { ...annDraft, password: '' },
    { ...annDraft, password: 'x'.repeat(1025) },
    { ...annDraft, password: 'ж'.repeat(513) },
    { ...annDraft, password: 'with\u0000nul' },
    { ...annDraft, password: '\ud800 alone' },
    { ...annDraft, email: 'ann' },
    { ...annDraft, email: 'ann@ex\u212ample.org' },
    { ...annDraft, email: 'ann@example.org\n' },
    { ...annDraft, email: `${'a'.repeat(250)}@b.c` },
  ]

  for (const body of bad) expect([body, (await login(body)).status]).toEqual([body, 400])
})

test('renewing answers as logging in, and a spent or foreign token is no token', async () => {
  const { body: first } = await login(annDraft)

  const second = await node.stranger.post('/api/auth/refresh', { refresh_token: first.refresh_token })
  expect(second.status).toBe(200)
  expect(Object.keys(second.body)).toEqual(Object.keys(first))

  for (const refresh_token of ['x', first.access_token.slice(0, 200), 'x'.repeat(43)])
    expect((await node.stranger.post('/api/auth/refresh', { refresh_token })).body.reason).toBe(
      'refresh_token',
    )
  expect((await node.stranger.post('/api/auth/refresh', {})).status).toBe(400)
})

test('nobody is asked who they are without a token (S-10)', async () => {
  const id = ann.id
  const routes: [keyof TestPerson & ('get' | 'post' | 'put' | 'del'), string, unknown?][] = [
    ['get', '/api/auth/me'],
    ['post', '/api/auth/logout'],
    ['get', '/api/auth/sessions'],
    ['del', '/api/auth/sessions'],
    ['del', `/api/auth/sessions/${id}`],
    ['post', '/api/auth/ws-ticket'],
    ['get', '/api/users'],
    ['get', `/api/users/${id}`],
    ['put', `/api/users/${id}`, { role: 'owner' }],
    ['put', '/api/users/me', { bio: 'x' }],
    ['put', '/api/users/me/password', { current_password: PASSWORD, new_password: 'another one' }],
    ['post', '/api/invites', {}],
    ['get', '/api/invites'],
    ['del', '/api/invites/x'],
  ]

  for (const [method, path, body] of routes)
    expect([path, (await node.stranger[method](path, body)).body.code]).toEqual([path, 'unauthenticated'])
})

test('oneself is shown with e-mail, others without, and to server admins with (S-19)', async () => {
  expect((await ann.get('/api/auth/me')).body.user).toMatchObject({ id: ann.id, email: 'ann@example.org' })
  expect((await ann.get(`/api/users/${ada.id}`)).body.user.email).toBeUndefined()
  expect((await ada.get(`/api/users/${ann.id}/`)).body.user.email).toBe('ann@example.org')
  expect((await cy.get(`/api/users/${ann.id}`)).body).toMatchObject({ status: 404, reason: 'user' })
  expect((await ann.get('/api/users/not-a-uuid')).status).toBe(404)
  expect((await ann.get(`/api/users/${newId()}`)).status).toBe(404)
})

test('people are listed and searched, with a limit and a cursor', async () => {
  const first = await ann.get('/api/users?limit=2')
  const second = await ann.get(`/api/users?limit=2&cursor=${first.body.page.next}`)

  expect([...first.body.data, ...second.body.data].map((user) => user.username)).toEqual([
    'ada',
    'ann',
    'cy',
    'root',
  ])
  expect(second.body.page.next).toBeNull()
  expect((await ann.get('/api/users?query=AD')).body.data.map((user: { id: string }) => user.id)).toEqual([
    ada.id,
  ])
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'what=1', `query=${'x'.repeat(101)}`])
    expect([query, (await ann.get(`/api/users?${query}`)).status]).toEqual([query, 400])
})

test('a profile takes what the protocol allows, and nothing else (S-23)', async () => {
  const profile = {
    full_name: 'Ann Лее',
    phone_number: '+7 (495) 000-00-00',
    bio: 'tea\nand cake',
    status_text: 'away',
    status_emoji: '👩🏽‍💻',
    locale: 'ru',
  }
  expect((await ann.put('/api/users/me', profile)).body.user).toMatchObject(profile)
  expect((await ann.put('/api/users/me', {})).body.user).toMatchObject(profile)

  const bad = [
    { full_name: 'x'.repeat(101) },
    { full_name: 'evil \u202e name' },
    { full_name: 'two\nlines' },
    { bio: 'x'.repeat(501) },
    { status_text: 'x'.repeat(101) },
    { status_emoji: 'ab' },
    { status_emoji: '🍵🍵' },
    { phone_number: 'call me' },
    { locale: 'not a language' },
    { role: 'owner' },
    { email: 'other@example.org' },
    { username: 'other' },
    { is_active: false },
    { bio: null },
    { bio: 7 },
  ]
  for (const body of bad) expect([body, (await ann.put('/api/users/me', body)).status]).toEqual([body, 400])
  expect((await ann.get('/api/auth/me')).body.user).toMatchObject(profile)
})

test('a role is given from above only (S-17)', async () => {
  const eve = await node.person('eve')

  for (const [asker, target] of [
    [ann, eve],
    [cy, eve],
    [eve, eve],
    [ada, ada],
  ] as const)
    expect((await asker.put(`/api/users/${target.id}`, { role: 'member' })).body).toMatchObject({
      status: 403,
      reason: 'role',
    })
  expect((await ada.put(`/api/users/${eve.id}`, { role: 'owner' })).status).toBe(403)
  expect((await ada.put(`/api/users/${eve.id}`, { role: 'boss' })).status).toBe(400)
  expect((await ada.put(`/api/users/${newId()}`, { role: 'guest' })).status).toBe(404)

  const changed = await ada.put(`/api/users/${eve.id}`, { role: 'guest', is_active: false })
  expect(changed.status).toBe(200)
  expect(changed.body.user).toMatchObject({ role: 'guest', is_active: false })
  expect((await eve.get('/api/auth/me')).status).toBe(401)
  expect((await ada.put(`/api/users/${eve.id}`, { role: 'guest', is_active: false })).status).toBe(200)
})

test('sessions are listed and ended, one or all others, and cy ends nobody else’s (S-11)', async () => {
  const [phone, laptop] = [await node.signIn('ann'), await node.signIn('ann')]
  const { data } = (await phone.get('/api/auth/sessions')).body
  const current = data.find((session: { current: boolean }) => session.current)

  expect(Object.keys(current)).toEqual(['id', 'current', 'user_agent', 'created_at', 'last_used_at'])
  expect((await cy.del(`/api/auth/sessions/${current.id}`)).status).toBe(404)
  expect((await laptop.del(`/api/auth/sessions/${current.id}`)).status).toBe(204)
  expect((await laptop.del(`/api/auth/sessions/${current.id}`)).status).toBe(204)
  expect((await laptop.del('/api/auth/sessions/x')).status).toBe(404)
  expect((await phone.get('/api/auth/me')).status).toBe(401)

  expect((await laptop.del('/api/auth/sessions')).status).toBe(204)
  expect((await ann.get('/api/auth/me')).status).toBe(401)
  expect((await laptop.post('/api/auth/logout')).status).toBe(204)
  expect((await laptop.get('/api/auth/me')).status).toBe(401)
  ann = await node.signIn('ann')
})

test('a password is changed by whoever knows it, and by no other', async () => {
  const bo = await node.person('bo')
  const change = (current_password: string, new_password: string) =>
    bo.put('/api/users/me/password', { current_password, new_password })

  expect((await change('a wrong one', 'another one')).body).toMatchObject({
    status: 403,
    reason: 'wrong_password',
  })
  expect((await change(PASSWORD, 'short')).status).toBe(400)
  expect((await change(PASSWORD, '😀'.repeat(7))).status).toBe(400)
  expect((await change(PASSWORD, 'another one')).status).toBe(204)
  expect((await login({ email: 'bo@example.org', password: PASSWORD })).status).toBe(401)
  expect((await login({ email: 'bo@example.org', password: 'another one' })).status).toBe(200)
})

test('asking for mails is answered alike for everybody, and links that are none are refused', async () => {
  for (const path of ['/api/auth/forgot-password', '/api/auth/resend-verification'])
    for (const email of ['ann@example.org', 'nobody@example.org'])
      expect(await node.stranger.post(path, { email })).toMatchObject({ status: 202, body: {} })

  const verify = await node.stranger.post('/api/auth/verify-email', { token: 'x'.repeat(43) })
  expect(verify.body).toMatchObject({ status: 403, reason: 'token_invalid' })
  const reset = { token: 'x'.repeat(43), password: 'another one' }
  expect((await node.stranger.post('/api/auth/reset-password', reset)).body.reason).toBe('token_invalid')
})

test('a ticket opens a socket, and revoking the session closes it with 4401 within two seconds (S-04)', async () => {
  const { status, body } = await ann.post('/api/auth/ws-ticket')
  expect(status).toBe(201)
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/ws?ticket=${body.ticket}`)
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code)
  })
  await new Promise((resolve) => {
    socket.onmessage = resolve
  })

  const since = performance.now()
  await ann.post('/api/auth/logout')

  expect(await closed).toBe(4401)
  expect(performance.now() - since).toBeLessThan(2000)
  ann = await node.signIn('ann')
})
