import { afterAll, beforeAll, expect, test } from 'bun:test'
import { toText } from '../../platform/log.ts'
import { usernameInput } from '../../accounts/index.ts'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'

// Nobody is called what another is called, or nothing at all (S-08, S-29).

let node: TestNode
let ann: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
})
afterAll(() => node.stop())

/** Turned around, hidden, or not there. */
const DECEIVING = [
  'nna\u202e',
  '\u202dann',
  'a\u2066nn\u2069',
  'ann\u200b',
  '\u200eann',
  'a\u00adnn',
  'a\ufeffnn',
  '\u061cann',
  'a\u2060nn',
]
const INVISIBLE = ['\u3164', '\u115f\u1160', '\uffa0', '\u2800', '\u200d', '\ufe0f', '\u00a0\u3164']
const BROKEN = ['a\u0000b', 'a\u001b[31mb', 'a\u009b31mb', 'a\u0007', 'a\ud800', '\udc00b', 'a\nb', 'a\tb']

test('a name shows as it is, and shows (S-29)', async () => {
  const chat = `/api/chats/${(await ann.post('/api/chats', { kind: 'group', name: 'Tea' })).body.chat.id}`
  for (const name of [...DECEIVING, ...INVISIBLE, ...BROKEN]) {
    const answers = [
      await ann.put('/api/users/me', { full_name: name }),
      await ann.put(chat, { name }),
      await ann.post('/api/chats', { kind: 'channel', name }),
    ]
    expect([name, ...answers.map(({ status }) => status)]).toEqual([name, 400, 400, 400])
  }
  for (const name of ['Ann Lee', 'Борис', '山田', 'محمد', 'Zoë 👩‍💻', 'नमस्ते'])
    expect([name, (await ann.put('/api/users/me', { full_name: name })).status]).toEqual([name, 200])
  expect((await ann.put('/api/users/me', { full_name: '' })).body.user.full_name).toBe('ann')
})

test('a username and an e-mail are one thing each, in plain letters (S-08, S-29)', async () => {
  for (const name of [
    'аnn',
    'ａnn',
    'ann\u200b',
    'Ann',
    'ann ',
    'ſam',
    'ﬁn',
    'ann\u0301',
    '\u202eann',
    'ann.',
  ])
    expect([name, usernameInput.safeParse(name).success]).toEqual([name, false])

  const register = (email: string) =>
    node.stranger.post('/api/auth/register', {
      email,
      username: 'x1',
      password: 'a long password',
      invite: 'x',
    })
  for (const email of [
    'ann@exam\u200bple.org',
    'аnn@example.org',
    'ann@example.org\u0000',
    'ann@ex ample.org',
  ])
    expect([email, (await register(email)).status]).toEqual([email, 400])
  const kelvin = await node.stranger.post('/api/auth/login', {
    email: '\u212aate@example.org',
    password: 'x',
  })
  expect(kelvin.status).toBe(400)
  const login = { email: 'ANN@EXAMPLE.ORG', password: 'a long password' }
  expect((await node.stranger.post('/api/auth/login', login)).body.user.id).toBe(ann.id)
})

test('no field of a log line moves a terminal, however deep it lies (S-29, S-66)', () => {
  const wild = '\u001b]0;x\u0007\u009b2J\u202e\n'
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-02T03:04:05.678Z',
    msg: wild,
    a: { b: [wild] },
    [wild]: 1,
  })

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  expect(toText(line).slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
})
