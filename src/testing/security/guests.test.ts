import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Asker, startTestNode, type TestNode, type TestPerson } from '../node.ts'

// A guest sees those they share a chat with, and no other door tells more. The hardest asker there is.

let node: TestNode
let ada: TestPerson
let ann: TestPerson
let gus: TestPerson

beforeAll(async () => {
  node = await startTestNode()
  ada = await node.person('ada', 'owner')
  ann = await node.person('ann')
  gus = await node.person('gus', 'guest')
})
afterAll(() => node.stop())

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })
const groupOf = async (maker: TestPerson, ...members: TestPerson[]): Promise<string> => {
  const draft = { kind: 'group', name: 'Tea', member_ids: members.map(({ id }) => id) }
  return (await maker.post('/api/chats', draft)).body.chat.id
}
const seenBy = async (asker: Asker): Promise<string[]> =>
  (await asker.get('/api/users')).body.data.map(({ username }: { username: string }) => username)

test('a guest cannot tell a public channel from nothing, at any of its doors (S-10, S-11)', async () => {
  const made = await ann.post('/api/chats', { kind: 'channel', visibility: 'public', name: 'open' })
  const doors = (chat: string): ['get' | 'post' | 'put' | 'del', string, object?][] => [
    ['get', chat],
    ['put', chat, { name: 'x' }],
    ['del', chat],
    ['post', `${chat}/join`],
    ['post', `${chat}/leave`],
    ['get', `${chat}/members`],
    ['post', `${chat}/members`, { user_id: gus.id }],
    ['put', `${chat}/members/${ann.id}`, { role: 'member' }],
    ['del', `${chat}/members/${ann.id}`],
    ['get', `${chat}/messages`],
    ['post', `${chat}/messages`, say('hi')],
    ['get', `${chat}/changes?after=0`],
    ['post', `${chat}/read`, { seq: 1 }],
    ['post', `${chat}/unread`, { seq: 1 }],
  ]
  const there = doors(`/api/chats/${made.body.chat.id}`)
  const nowhere = doors(`/api/chats/${Bun.randomUUIDv7()}`)

  for (const [at, [method, path, body]] of there.entries()) {
    const real = await gus[method](path, body)
    const none = await gus[method](nowhere[at]?.[1] ?? '', body)
    const told = ({ status, body: { code, reason } }: typeof real) => ({ path, status, code, reason })
    expect(told(real)).toEqual(told(none))
    expect(real.status).toBe(404)
  }
  const socket = await gus.connect()
  const refused = socket.asks('send_message', { chat_id: made.body.chat.id, ...say('hi') })
  expect(await refused.catch((error) => error.reason)).toBe('chat')
  expect((await gus.get('/api/channels')).body.data).toEqual([])
  socket.close()
})

test('a chat that was deleted makes nobody known to a guest (S-13)', async () => {
  const chat = await groupOf(ann, gus)
  expect(await seenBy(gus)).toEqual(['ann', 'gus'])

  await ann.del(`/api/chats/${chat}`)

  const socket = await gus.connect()
  expect(await seenBy(gus)).toEqual(['gus'])
  expect((await gus.get(`/api/users/${ann.id}`)).status).toBe(404)
  expect(await socket.asks('watch_presence', { user_ids: [ann.id] })).toEqual({ data: [] })
  expect((await gus.post('/api/chats', { kind: 'direct', member_ids: [ann.id] })).body.reason).toBe('user')
  socket.close()
})

test('a guest whose last chat with somebody is over hears of their presence no more (S-12)', async () => {
  const chat = await groupOf(ann, gus)
  const [watcher, member] = [await gus.connect(), await ada.connect()]
  await watcher.asks('watch_presence', { user_ids: [ann.id] })
  await member.asks('watch_presence', { user_ids: [ann.id] })

  const first = await ann.connect()
  await watcher.next('presence', ({ data }) => data.state === 'online')
  await member.next('presence', ({ data }) => data.state === 'online')
  await ann.del(`/api/chats/${chat}/members/${gus.id}`)
  await first.asks('presence', { state: 'dnd' })

  await member.next('presence', ({ data }) => data.state === 'dnd')
  await watcher.ping()
  expect(watcher.frames.filter(({ type, data }) => type === 'presence' && data.state === 'dnd')).toEqual([])
  for (const socket of [watcher, member, first]) socket.close()
})

test('whom a guest may not know is nobody, whichever way they are asked for (S-11, S-19)', async () => {
  const chat = await groupOf(gus)
  const nobody = Bun.randomUUIDv7()

  for (const id of [ann.id, nobody]) {
    expect((await gus.get(`/api/users/${id}`)).body.reason).toBe('user')
    expect((await gus.post(`/api/chats/${chat}/members`, { user_id: id })).body.reason).toBe('user')
    expect((await gus.post('/api/chats', { kind: 'direct', member_ids: [id] })).body.reason).toBe('user')
    expect((await gus.post('/api/chats', { kind: 'group', member_ids: [id] })).body.reason).toBe('user')
  }
  expect((await gus.get('/api/users?query=ann')).body.data).toEqual([])
  const { body } = await gus.post(`/api/chats/${chat}/messages`, say('hello @ann and @nobody'))
  expect(body.message.mentions).toEqual([])
  expect(body.message.html).toBeNull()
})
