import { afterAll, beforeAll, expect, test } from 'bun:test'
import { PASSWORD, startTestNode, type TestNode } from './node.ts'
import { openVisitor, type Visitor } from './visitor.ts'

let node: TestNode
let ann: Visitor
beforeAll(async () => {
  node = await startTestNode()
  ann = openVisitor(node.url)
})
afterAll(() => node.stop())

const account = (username: string) => ({
  full_name: '',
  email: `${username}@example.org`,
  username,
  password: PASSWORD,
})
const signedIn = async (username: string, language?: string): Promise<Visitor> => {
  const visitor = openVisitor(node.url, language)
  await visitor.post('/login', { email: `${username}@example.org`, password: PASSWORD })
  return visitor
}
const idIn = (path: string) => /\/chats\/([0-9a-f-]{36})/.exec(path)?.[1] ?? ''
const firstChat = idIn

test('an empty warren shows one form, and makes its owner in a joined channel', async () => {
  const door = await ann.get('/')
  const wrong = await ann.post('/setup', { ...account('ann'), username: 'Ann Lee!', password: 'pw-7-ch' })
  const home = await ann.post('/setup', { ...account('ann'), full_name: 'Ann Lee' })

  expect([door.path, door.status]).toEqual(['/setup', 200])
  expect([wrong.status, wrong.html.match(/aria-invalid="true"/g)?.length]).toEqual([422, 2])
  expect(wrong.html).not.toContain('pw-7-ch')
  expect(wrong.html).toContain('value="ann@example.org"')
  expect([home.status, home.path]).toEqual([200, expect.stringMatching(/^\/chats\//)])
  expect(home.html).toContain('<span dir="auto">general</span>')
  expect(home.html).toContain('id="composer"')
})

test('the first run is over once there is an owner', async () => {
  const late = await openVisitor(node.url).post('/setup', account('eve'))

  expect(late.path).toBe('/login')
  expect((await openVisitor(node.url).get('/setup')).path).toBe('/login')
})

test('a wrong password is told in words, in the language of the asker, and signs nobody in', async () => {
  const cy = openVisitor(node.url, 'ru')
  const refused = await cy.post('/login', { email: 'ann@example.org', password: 'not it at all' })

  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Почта и пароль не подходят друг к другу.')
  expect(refused.html).toContain('<html lang="ru"')
  expect(cy.cookies.size).toBe(0)
})

test('a stranger is shown the door, comes back where they wanted to go, and never to another site', async () => {
  const cy = openVisitor(node.url)
  const door = await cy.get('/settings/profile')
  const inside = await cy.post('/login', {
    email: 'ann@example.org',
    password: PASSWORD,
    next: '/settings/profile',
  })
  const lured = await openVisitor(node.url).post('/login', {
    email: 'ann@example.org',
    password: PASSWORD,
    next: '//evil.example',
  })

  expect(door.path).toBe('/login?next=%2Fsettings%2Fprofile')
  expect(inside.path).toBe('/settings/profile')
  expect(lured.path).toBe('/')
  const half = await openVisitor(node.url).get('/channels', { 'hx-request': 'true' })
  expect([half.status, half.headers.get('hx-redirect')]).toEqual([204, '/login?next=%2Fchannels'])
})

test('an invite brings somebody in, says so when it is gone, and cannot be guessed', async () => {
  const page = await ann.post('/people/invites', { role: 'member', max_uses: '1', days: '7' })
  const code = /\/join\/([\w-]+)/.exec(page.html)?.[1] ?? ''
  const bo = openVisitor(node.url)
  const door = await bo.get(`/join/${code}`)
  const taken = await bo.post(`/join/${code}`, { ...account('bo'), username: 'ann' })
  const home = await bo.post(`/join/${code}`, account('bo'))
  const again = await openVisitor(node.url).get(`/join/${code}`)

  expect(door.html).toContain(`action="/join/${code}"`)
  expect([taken.status, taken.html.includes('Somebody has this username')]).toEqual([422, true])
  expect([home.status, home.path]).toEqual([200, '/'])
  expect([again.status, again.html.includes('This invite no longer works')]).toEqual([403, true])
  const late = await openVisitor(node.url).post(`/join/${code}`, account('eve'))
  expect([late.status, late.html.includes('<form class="form"')]).toEqual([422, false])
  expect((await openVisitor(node.url).get('/join/nothing')).status).toBe(403)
})

test('somebody who may not invite sees no page that does', async () => {
  const bo = await signedIn('bo')

  expect((await bo.get('/people/invites')).status).toBe(403)
  expect((await bo.post('/people/invites', { role: 'owner', max_uses: '', days: '7' })).status).toBe(403)
  expect((await bo.get('/people')).html).not.toContain('Deactivate')
})

test('a message is sent by a plain form, once, and read by the other', async () => {
  const bo = await signedIn('bo')
  const home = await ann.get('/')
  const chat = firstChat(home.html)
  const message = { client_id: crypto.randomUUID(), content: 'hello\r\nwarren' }

  expect((await bo.get(`/chats/${chat}`)).html).toContain('You are not in this channel')
  await bo.post(`/chats/${chat}/join`)
  await ann.post(`/chats/${chat}/messages`, message)
  const sent = await ann.post(`/chats/${chat}/messages`, message)
  const read = await bo.get(`/chats/${chat}`)

  expect([sent.status, sent.path]).toEqual([200, `/chats/${chat}`])
  expect(read.html.match(/<article/g)?.length).toBe(1)
  expect(read.html).toContain('hello\nwarren')
  expect((await ann.post(`/chats/${chat}/messages`, { ...message, content: ' ' })).status).toBe(422)
})

test('a chat is made, changed, archived and deleted, each by a form', async () => {
  const made = await ann.post('/chats', {
    kind: 'channel',
    name: 'tea',
    topic: 'leaves & pots',
    visibility: 'private',
    client_id: crypto.randomUUID(),
  })
  const chat = idIn(made.path)
  const nameless = await ann.post('/chats', {
    kind: 'channel',
    name: '',
    visibility: 'public',
    client_id: crypto.randomUUID(),
  })
  const changed = await ann.post(`/chats/${chat}/settings`, {
    name: 'coffee',
    topic: 'beans',
    visibility: 'public',
  })
  const archived = await ann.post(`/chats/${chat}/archive`)
  const unsure = await ann.post(`/chats/${chat}/delete`)
  const deleted = await ann.post(`/chats/${chat}/delete`, { sure: 'yes' })

  expect(made.html).toMatch(/<span dir="auto">tea<\/span>[\s\S]*leaves &amp; pots/)
  expect([nameless.status, nameless.html.includes('A channel needs a name.')]).toEqual([422, true])
  expect([changed.path, changed.html.includes('<span dir="auto">coffee</span>')]).toEqual([
    `/chats/${chat}/about`,
    true,
  ])
  expect(archived.html).toContain('Take out of the archive')
  expect(archived.html).toContain('I want to delete coffee')
  expect(archived.html).not.toContain('hx-confirm')
  expect(unsure.status).toBe(422)
  expect(deleted.path).toBe('/')
  expect((await ann.get(`/chats/${chat}`)).status).toBe(404)
})

test('members are added by name, raised, and taken out; what is refused is said beside them', async () => {
  const made = await ann.post('/chats', {
    kind: 'channel',
    name: 'den',
    visibility: 'private',
    client_id: crypto.randomUUID(),
  })
  const at = `/chats/${idIn(made.path)}/members`
  const nobody = await ann.post(at, { username: 'nobody' })
  const added = await ann.post(at, { username: '@Bo' })
  const bo = /\/members\/([0-9a-f-]{36})\/role/.exec(added.html)?.[1]
  const raised = await ann.post(`${at}/${bo}/role`, { role: 'admin' })
  const boAtWork = await signedIn('bo')
  const tooHigh = await boAtWork.post(`${at}/${bo}/role`, { role: 'owner' })
  const out = await ann.post(`${at}/${bo}/remove`)

  expect([nobody.status, nobody.html.includes('There is nobody by that name.')]).toEqual([422, true])
  expect(added.html).toContain('@bo')
  expect(raised.html).toContain('<span class="tag push">Admin</span>')
  expect([tooHigh.status, tooHigh.html.includes('Your role in this chat does not allow it.')]).toEqual([
    422,
    true,
  ])
  expect([raised, out].map(({ html }) => html.includes(`id="member-${bo}"`))).toEqual([true, false])
  expect((await boAtWork.get(at)).status).toBe(404)
})

test('cy, who is in no chat, finds no private chat behind any address', async () => {
  await node.person('cy')
  const cy = await signedIn('cy')
  const made = await ann.post('/chats', {
    kind: 'channel',
    name: 'secret',
    visibility: 'private',
    client_id: crypto.randomUUID(),
  })
  const chat = idIn(made.path)

  for (const part of ['', '/about', '/pinned', '/members', '/settings'])
    expect((await cy.get(`/chats/${chat}${part}`)).status).toBe(404)
  for (const [part, fields] of [
    ['/settings', { name: 'x', topic: '' }],
    ['/members', { username: 'cy' }],
    ['/members', { username: 'nobody' }],
    ['/archive', {}],
    ['/leave', {}],
    ['/join', {}],
    ['/delete', { sure: 'yes' }],
    ['/messages', { client_id: crypto.randomUUID(), content: 'hi' }],
  ] as const)
    expect([part, (await cy.post(`/chats/${chat}${part}`, fields)).status]).toEqual([part, 404])
})

test('cy sees the outside of a public channel, and nothing that is in it', async () => {
  const cy = await signedIn('cy')
  const channel = firstChat((await cy.get('/channels')).html)

  expect((await cy.get(`/chats/${channel}`)).status).toBe(200)
  for (const part of ['/about', '/pinned', '/members', '/settings'])
    expect([part, (await cy.get(`/chats/${channel}${part}`)).status]).toEqual([part, 403])
})

test('settings are kept: profile, language, theme; a session is ended; the password is changed', async () => {
  const bo = await signedIn('bo')
  const other = await signedIn('bo')
  const saved = await bo.post('/settings/profile', {
    full_name: 'Bo',
    bio: 'one\r\ntwo',
    status_text: '',
    status_emoji: '🐇',
    phone_number: '',
  })
  const dark = await bo.post('/settings/appearance', { theme: 'dark', density: 'compact', locale: 'ru' })
  const wrong = await bo.post('/settings/account/password', {
    current_password: 'no',
    new_password: 'another long one',
  })
  const changed = await bo.post('/settings/account/password', {
    current_password: PASSWORD,
    new_password: 'another long one',
  })

  expect(saved.html).toContain('one\ntwo')
  expect(dark.html).toContain('<html lang="ru" data-theme="dark" data-density="compact"')
  expect([wrong.status, wrong.html.includes('Это не ваш пароль.')]).toEqual([422, true])
  expect(changed.html).toContain('Пароль изменён.')
  expect((await other.get('/settings')).path).toStartWith('/login')
})

test('signing out ends the session and leaves no cookie', async () => {
  const cy = await signedIn('cy')
  const out = await cy.post('/logout')

  expect([out.path, out.html.includes('You are signed out.')]).toEqual(['/login?after=signedOut', true])
  expect([...cy.cookies.keys()].filter((name) => name.includes('warren'))).toEqual([])
})

test('a form from another site does nothing, and one that is no form is refused (S-30)', async () => {
  const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const forged = await fetch(`${node.url}/chats`, {
    method: 'POST',
    headers: { ...evil, cookie: [...ann.cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams({ kind: 'channel', name: 'forged' }),
  })
  const json = await fetch(new URL('/login', node.url), {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })

  expect(forged.status).toBe(403)
  expect(json.status).toBe(415)
  expect((await ann.get('/')).html).not.toContain('forged')
})

test('an error inside the app takes its place and says what is wrong in words', async () => {
  const gone = await ann.get('/chats/019a0000-0000-7000-8000-000000000000', { 'hx-request': 'true' })

  expect([gone.status, gone.headers.get('hx-retarget'), gone.headers.get('hx-reselect')]).toEqual([
    404,
    '#app',
    '.door',
  ])
  expect(gone.html).toContain('There is nothing here')
  expect((await ann.get('/no/such/page')).status).toBe(404)
})
