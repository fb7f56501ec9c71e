import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../node.ts'

// Who is out of a chat is out of all of it: what others do there afterwards, and what they do themselves (C8, S-13).

let node: TestNode
let root: TestPerson
let ann: TestPerson
let bo: TestPerson
let cy: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  root = await node.person('root', 'owner')
  ann = await node.person('ann')
  bo = await node.person('bo')
  cy = await node.person('cy')
})
afterAll(() => node.stop())

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })
const group = async (...members: TestPerson[]): Promise<string> => {
  const draft = { kind: 'group', name: 'Tea', member_ids: members.map(({ id }) => id) }
  return (await ann.post('/api/chats', draft)).body.chat.id
}

test('nothing that happens in a chat after somebody is out of it reaches them (C8, S-13)', async () => {
  const chat = await group(bo, cy)
  const [out, other, own] = [await bo.connect(), await cy.connect(), await ann.connect()]
  const { message } = await own.asks('send_message', { chat_id: chat, ...say('before') })
  await out.next('new_message', ({ data }) => data.id === message.id)

  await ann.del(`/api/chats/${chat}/members/${bo.id}`)
  await own.asks('edit_message', { message_id: message.id, content: 'edited' })
  await own.asks('react', { message_id: message.id, emoji: '👍', on: true })
  await own.asks('typing', { chat_id: chat, is_typing: true })
  await other.asks('message_read', { message_id: message.id })
  await ann.put(`/api/chats/messages/${message.id}/pin`)
  await ann.put(`/api/chats/${chat}`, { name: 'Coffee', topic: 'beans' })
  await ann.put(`/api/chats/${chat}/members/${cy.id}`, { role: 'admin' })
  await own.asks('delete_message', { message_id: message.id })
  await own.asks('send_message', { chat_id: chat, ...say('after') })
  await other.next('new_message', ({ data }) => data.content === 'after')
  await out.ping()

  const heard = out.frames.filter(({ data }) => (data?.chat_id ?? data?.chat?.id) === chat)
  const gone = heard.findIndex(({ type }) => type === 'member_left')
  expect(heard.slice(gone + 1).map(({ type }) => type)).toEqual(['chat_removed'])
  expect(JSON.stringify(out.frames)).not.toContain('"content":"edited"')
  for (const socket of [out, other, own]) socket.close()
})

test('a removed member’s own frames, sent before they heard of it, change and tell nothing (C8, S-16)', async () => {
  const chat = await group(bo)
  const [out, own] = [await bo.connect(), await ann.connect()]
  const { message } = await out.asks('send_message', { chat_id: chat, ...say('mine') })
  const { body: before } = await ann.get(`/api/chats/${chat}/messages`)

  const removal = ann.del(`/api/chats/${chat}/members/${bo.id}`)
  await own.next('member_left')
  const frames: [string, object][] = [
    ['send_message', { chat_id: chat, ...say('late') }],
    ['edit_message', { message_id: message.id, content: 'late' }],
    ['delete_message', { message_id: message.id }],
    ['react', { message_id: message.id, emoji: '👍', on: true }],
    ['message_read', { message_id: message.id }],
    ['message_read', { chat_id: chat, seq: 1 }],
    ['typing', { chat_id: chat, is_typing: true }],
    ['leave_room', { chat_id: chat }],
  ]
  const refused = await Promise.all(
    frames.map(([type, fields]) =>
      out.asks(type, fields).then(
        () => 'done',
        (error) => error.code,
      ),
    ),
  )
  await removal

  expect(refused).toEqual(frames.map(() => 'not_found'))
  expect(await own.receivesNothing('user_typing')).toBe(true)
  const { body: after } = await ann.get(`/api/chats/${chat}/messages`)
  expect(after.data.slice(0, before.data.length)).toEqual(before.data)
  expect(after.data.length).toBe(before.data.length + 1)
  out.close()
  own.close()
})

test('an id of another chat opens nothing inside one’s own (S-11)', async () => {
  const theirs = await group(bo)
  const { body } = await ann.post(`/api/chats/${theirs}/messages`, say('between us'))
  const foreign = body.message.id
  const mine = (await cy.post('/api/chats', { kind: 'group', name: 'Own' })).body.chat.id
  const socket = await cy.connect()

  expect((await cy.post(`/api/chats/${mine}/messages`, { ...say('re'), reply_to: foreign })).status).toBe(404)
  expect((await cy.get(`/api/chats/${mine}/messages?around=${foreign}`)).status).toBe(404)
  const reply = socket.asks('send_message', { chat_id: mine, ...say('re'), reply_to: foreign })
  expect(await reply.catch(({ code }) => code)).toBe('not_found')
  expect(await socket.asks('message_read', { message_id: foreign }).catch(({ code }) => code)).toBe(
    'not_found',
  )
  const page = await cy.get(`/chats/${mine}?message=${foreign}`)
  expect(String(page.body)).not.toContain('between us')
  for (const id of [bo.id, ann.id]) {
    expect((await cy.put(`/api/chats/${mine}/members/${id}`, { role: 'admin' })).body.reason).toBe('member')
    expect((await cy.del(`/api/chats/${mine}/members/${id}`)).body.reason).toBe('member')
  }
  const invite = await node.person('dan', 'admin')
  expect((await invite.post('/api/invites', { role: 'guest', chat_ids: [theirs] })).body.reason).toBe('chat')
  socket.close()
})

test('a client id is its sender’s own: another’s repeat finds nothing of it (S-11)', async () => {
  const client_id = crypto.randomUUID()
  const draft = { kind: 'group', name: 'Tea', client_id }
  const first = await ann.post('/api/chats', draft)
  const second = await cy.post('/api/chats', draft)

  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.body.chat.id).not.toBe(first.body.chat.id)
})

test('who left as owner comes back as a member, and an admin makes nobody more than themselves (S-17)', async () => {
  const draft = { kind: 'channel', visibility: 'public', name: 'open', member_ids: [bo.id, cy.id] }
  const chat = `/api/chats/${(await ann.post('/api/chats', draft)).body.chat.id}`
  await ann.put(`${chat}/members/${bo.id}`, { role: 'owner' })
  await ann.post(`${chat}/leave`)

  const back = await ann.post(`${chat}/join`)
  await bo.put(`${chat}/members/${cy.id}`, { role: 'admin' })

  expect(back.body.chat.me.role).toBe('member')
  expect((await cy.put(`${chat}/members/${cy.id}`, { role: 'owner' })).body.reason).toBe('chat_role')
  expect((await cy.put(`${chat}/members/${ann.id}`, { role: 'owner' })).body.reason).toBe('chat_role')
  expect((await cy.post(`${chat}/members`, { user_id: ann.id, role: 'owner' })).body.reason).toBe('chat_role')
  expect((await cy.del(chat)).body.reason).toBe('chat_role')
})

test('nobody begins to talk to who was deactivated, and those who did find them still named (S-04, S-19)', async () => {
  const eve = await node.person('eve')
  const { body } = await ann.post('/api/chats', { kind: 'direct', member_ids: [eve.id] })
  await ann.post(`/api/chats/${body.chat.id}/messages`, say('hi'))
  const socket = await eve.connect()
  await root.put(`/api/users/${eve.id}`, { is_active: false })

  expect(await socket.closed).toBe(4401)
  expect((await bo.post('/api/chats', { kind: 'direct', member_ids: [eve.id] })).body.reason).toBe('user')
  expect((await eve.get('/api/auth/me')).status).toBe(401)
  const { body: seen } = await ann.get(`/api/users/${eve.id}`)
  expect(seen.user).toMatchObject({ username: 'eve', is_active: false, presence: 'offline' })
  expect(Object.keys(seen.user).sort()).toEqual([
    'avatar_url',
    'bio',
    'full_name',
    'id',
    'is_active',
    'kind',
    'presence',
    'role',
    'status_emoji',
    'status_text',
    'username',
  ])
})
