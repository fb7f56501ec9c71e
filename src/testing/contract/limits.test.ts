import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Answer } from '../node.ts'
import { makeTarget, type Target } from './target.ts'

// The field table of docs/protocol.md: each value on its bound is taken, the next one beyond it is refused.

let target: Target
beforeAll(async () => {
  target = await makeTarget()
}, 30_000)
afterAll(() => target.node.stop())

const uuid = () => crypto.randomUUID()
const login = (email: string, password = 'a wrong one') =>
  target.node.stranger.post('/api/auth/login', { email, password })
const me = (fields: object) => target.ann.put('/api/users/me', fields)
const chat = (fields: object) => target.ann.put(`/api/chats/${target.chatId}`, fields)
const say = (content: string) =>
  target.ann.post(`/api/chats/${target.chatId}/messages`, { client_id: uuid(), content })
const newPassword = (new_password: string) =>
  target.bo.put('/api/users/me/password', { current_password: 'a wrong one', new_password })
const register = (username: string) =>
  target.node.stranger.post('/api/auth/register', {
    email: `${uuid()}@example.org`,
    username,
    password: 'a long password',
    invite: 'x',
  })
const make = (name: string) => target.ann.post('/api/chats', { kind: 'group', name })

type Bound = [field: string, ask: (value: string) => Promise<Answer>, taken: string[], refused: string[]]

const x = (count: number, of = 'x') => of.repeat(count)

const BOUNDS: Bound[] = [
  [
    'email',
    (email) => login(email),
    ['a@b.c', `${x(64)}@${x(63)}.${x(63)}.${x(61)}`],
    ['', 'a', '@b.c', `${x(64)}@${x(63)}.${x(63)}.${x(62)}`],
  ],
  ['username', register, ['a', 'a.b-c_d', x(32)], ['', 'A', '.a', 'a-', 'ä', x(33), 'a b', 'a@b']],
  [
    'password',
    newPassword,
    [x(8), x(8, '😀'), x(1024), x(256, '😀')],
    ['', x(7), x(7, '😀'), x(1025), x(257, '😀')],
  ],
  ['full_name', (full_name) => me({ full_name }), ['Ann', x(100), x(100, '🫖')], [x(101), x(101, '🫖')]],
  ['chat name', (name) => chat({ name }), ['x', x(80), x(80, '🫖')], ['', ' ', x(81), x(81, '🫖')]],
  ['name of a new chat', make, ['x', x(80)], ['', x(81)]],
  ['topic', (topic) => chat({ topic }), ['', x(250), x(250, '🫖')], [x(251), 'two\nlines']],
  ['bio', (bio) => me({ bio }), ['', 'two\nlines', x(500), x(500, '🫖')], [x(501)]],
  ['status_text', (status_text) => me({ status_text }), ['', x(100)], [x(101)]],
  [
    'content',
    say,
    ['x', ' x\n\t', x(16_000), x(16_000, '🫖')],
    ['', ' ', '\n\t', x(16_001), x(16_001, '🫖')],
  ],
]

test.each(BOUNDS)('%s', async (field, ask, taken, refused) => {
  for (const value of taken) {
    const { status } = await ask(value)
    expect([field, value.length, status === 400 ? 'refused' : 'judged']).toEqual([
      field,
      value.length,
      'judged',
    ])
  }
  for (const value of [...refused, 'a\u0000b', 'a\ud800', '\udc00a']) {
    const { status, body } = await ask(value)
    expect([field, value.slice(0, 20), status, body.code]).toEqual([
      field,
      value.slice(0, 20),
      400,
      'invalid',
    ])
  }
})

test('text comes back as NFC, and its length is that of NFC', async () => {
  const { body } = await say('e\u0301'.repeat(16_000))

  expect(body.message.content).toBe('é'.repeat(16_000))
  expect((await me({ full_name: 'Zoe\u0308' })).body.user.full_name).toBe('Zoë')
})

test('control characters other than a newline and a tab are refused', async () => {
  const controls = [...Array.from({ length: 32 }, (_, code) => code), 0x7f, 0x80, 0x9f]
  for (const code of controls) {
    const { status } = await say(`a${String.fromCharCode(code)}b`)
    expect([code, status]).toEqual([code, code === 9 || code === 10 ? 201 : 400])
  }
})

test('a message takes 50 different emoji and no 51st, one of them again is no more', async () => {
  const { message } = (await say('react')).body
  const react = (emoji: string) =>
    target.bo.put(`/api/chats/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`)
  const faces = Array.from({ length: 51 }, (_, index) => String.fromCodePoint(0x1f600 + index))

  for (const face of faces.slice(0, 50)) expect((await react(face)).status).toBe(200)
  expect((await react(faces[50] ?? '')).status).toBe(409)
  expect((await react(faces[0] ?? '')).status).toBe(200)
})

test('ids are any UUID in any case, and a body id that is none is 400', async () => {
  const path = `/api/chats/${target.chatId.toUpperCase()}/messages`
  const send = (client_id: unknown) => target.ann.post(path, { client_id, content: 'x' })
  const upper = uuid().toUpperCase()

  expect((await send(upper)).status).toBe(201)
  expect((await send(upper.toLowerCase())).status).toBe(200)
  for (const id of ['', 'x', '0'.repeat(32), `{${upper}}`, `urn:uuid:${upper}`, 7])
    expect([id, (await send(id)).status]).toEqual([id, 400])
})
