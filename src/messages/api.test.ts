import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import type { TestSocket } from '../testing/socket.ts'

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let cy: TestPerson
let tea: string

beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
  cy = await node.person('cy')
  tea = (await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })).body.chat.id
})

afterAll(() => node.stop())

const say = (content: string, more: object = {}) => ({ client_id: crypto.randomUUID(), content, ...more })
const post = async (content: string) =>
  (await ann.post(`/api/chats/${tea}/messages`, say(content))).body.message
const reasonIn = ({ status, body }: { status: number; body: { reason?: string } }) =>
  `${status} ${body.reason}`

test('a new message is 201, the same again 200, another under its client id 409', async () => {
  const draft = say('once')
  const first = await ann.post(`/api/chats/${tea}/messages`, draft)
  const again = await ann.post(`/api/chats/${tea}/messages`, draft)
  const other = await ann.post(`/api/chats/${tea}/messages`, { ...draft, content: 'twice' })

  expect([first.status, again.status]).toEqual([201, 200])
  expect(again.body).toEqual(first.body)
  expect(reasonIn(other)).toBe('409 client_id_taken')
})

test('a message that says nothing, or what no server here can do, is 400', async () => {
  const path = `/api/chats/${tea}/messages`
  const of = async (body: object) => (await ann.post(path, body)).body.reason
  const statusOf = async (body: object) => (await ann.post(path, body)).status

  expect(await of(say(''))).toBe('message_empty')
  expect(await of(say(' \n\t\u200b\u2060'))).toBe('message_empty')
  expect(await of(say('x', { attachment_ids: [crypto.randomUUID()] }))).toBe('attachments_unknown')
  expect(await of(say('x', { thread_id: crypto.randomUUID() }))).toBe('threads_unknown')
  expect(await statusOf(say('x', { attachment_ids: [], thread_id: null, reply_to: null }))).toBe(201)
  for (const bad of [
    say('a\u0000b'),
    say('a\u001b[31m'),
    say('x'.repeat(16_001)),
    say('x', { client_id: 'no' }),
    say('x', { reply_to: 'no' }),
    say('x', { html: '<b>' }),
    { content: 'x' },
    { client_id: crypto.randomUUID(), content: { $ne: null } },
    { client_id: crypto.randomUUID(), content: ['x'] },
  ]) {
    expect(await statusOf(bad)).toBe(400)
  }
  expect(await statusOf(say('🫖'.repeat(16_000)))).toBe(201)
})

test('text is kept as NFC', async () => {
  expect((await post('e\u0301')).content).toBe('é')
})

test('one message is read, edited, reacted to, pinned and deleted by its id', async () => {
  const { id } = await post('tee')
  const path = `/api/chats/messages/${id}`
  const edited = await ann.put(path, { content: 'tea' })
  const liked = await bo.put(`${path}/reactions/${encodeURIComponent('❤️')}`)
  const pinned = await bo.put(`${path}/pin`)
  const reactions = await ann.get(`${path}/reactions`)
  const unliked = await bo.del(`${path}/reactions/${encodeURIComponent('❤️')}`)
  const unpinned = await bo.del(`${path}/pin`)
  const deleted = await ann.del(path)
  const got = await bo.get(path)

  expect(edited.body.message.content).toBe('tea')
  expect(liked.body.message.reactions).toEqual([{ emoji: '❤️', user_ids: [bo.id], count: 1 }])
  expect(pinned.body.message.pinned_at).toMatch(/^\d{4}-.*Z$/)
  expect(reactions.body).toMatchObject({ data: [{ user_id: bo.id, emoji: '❤️' }], page: { next: null } })
  expect(unliked.body.message.reactions).toEqual([])
  expect(unpinned.body.message.pinned_at).toBeNull()
  expect(deleted.status).toBe(200)
  expect(got.body).toEqual(deleted.body)
  expect(reasonIn(await ann.put(path, { content: 'x' }))).toBe('409 deleted')
})

test('only one emoji, as Unicode lists it, is a reaction', async () => {
  const { id } = await post('emoji')
  const react = async (emoji: string) =>
    (await ann.put(`/api/chats/messages/${id}/reactions/${encodeURIComponent(emoji)}`)).status

  for (const good of ['👍', '👍🏽', '❤️', '👨‍👩‍👧‍👦', '🇺🇦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣']) expect(await react(good)).toBe(200)
  for (const bad of ['x', '👍👍', '❤', '1', ':)', '👍 ', '<b>', '🇺', 'a'.repeat(500)])
    expect(await react(bad)).toBe(400)
})

test('reading, marking unread and catching up answer with what is left', async () => {
  const { seq, rev } = await post('unread')
  const read = await bo.post(`/api/chats/${tea}/read`, { seq })
  const unread = await bo.post(`/api/chats/${tea}/unread`, { seq })
  const changes = await bo.get(`/api/chats/${tea}/changes?after=${rev - 1}`)
  const reads = await ann.get(`/api/chats/messages/${(await post('next')).id}/reads`)

  expect(read.body).toEqual({ last_read_seq: seq, unread: 0, mentions: 0 })
  expect(unread.body.me).toMatchObject({ unread_from: seq, unread: 1 })
  expect(changes.body).toMatchObject({
    after: rev - 1,
    rev,
    more: false,
    reset: false,
    members: [],
    chat: null,
  })
  expect(changes.body.messages).toHaveLength(1)
  expect(reads.body.data).toEqual([{ user_id: ann.id, seq: seq + 1, read_at: expect.any(String) }])
  expect(reasonIn(await bo.post(`/api/chats/${tea}/read`, { seq: seq + 99 }))).toBe('400 seq_beyond_last')
})

test('history comes in pages with one bound, of 1 to 100', async () => {
  const { body } = await ann.get(`/api/chats/${tea}/messages?limit=2`)
  const older = await ann.get(`/api/chats/${tea}/messages?limit=2&before=${body.page.before}`)

  expect(body.data).toHaveLength(2)
  expect(older.body.data.at(-1).seq).toBe(body.page.before - 1)
  for (const query of [
    'limit=0',
    'limit=101',
    'before=x',
    'before=-1',
    'around=no',
    'before=1&after=1',
    'x=1',
  ]) {
    expect((await ann.get(`/api/chats/${tea}/messages?${query}`)).status).toBe(400)
  }
})

test('at every door a stranger gets 401 and a non-member 404 (S-10, S-13)', async () => {
  const { id } = await post('ours')
  const message = `/api/chats/messages/${id}`
  const like = `${message}/reactions/${encodeURIComponent('👍')}`
  const doors: ['get' | 'post' | 'put' | 'del', string, object?][] = [
    ['get', `/api/chats/${tea}/messages`],
    ['post', `/api/chats/${tea}/messages`, say('hi')],
    ['post', `/api/chats/${tea}/read`, { seq: 1 }],
    ['post', `/api/chats/${tea}/unread`, { seq: 1 }],
    ['get', `/api/chats/${tea}/changes?after=0`],
    ['get', message],
    ['put', message, { content: 'mine' }],
    ['del', message],
    ['put', like],
    ['del', like],
    ['put', `${message}/pin`],
    ['del', `${message}/pin`],
    ['get', `${message}/reactions`],
    ['get', `${message}/reads`],
  ]
  for (const [method, path, body] of doors) {
    expect([path, (await node.stranger[method](path, body)).status]).toEqual([path, 401])
    expect([path, (await cy[method](path, body)).status]).toEqual([path, 404])
  }
  for (const path of ['/api/chats/no/messages', '/api/chats/messages/no', `/api/chats/no/changes?after=0`]) {
    expect((await ann.get(path)).status).toBe(404)
  }
})

test('every frame about messages is refused to a non-member (S-10)', async () => {
  const { id, seq } = await post('ours')
  const socket = await cy.connect()
  const frames: [string, object][] = [
    ['send_message', { chat_id: tea, ...say('hi') }],
    ['edit_message', { message_id: id, content: 'mine' }],
    ['delete_message', { message_id: id }],
    ['react', { message_id: id, emoji: '👍', on: true }],
    ['message_read', { message_id: id }],
    ['message_read', { chat_id: tea, seq }],
  ]
  for (const [type, fields] of frames) {
    expect([type, (await refusalOf(socket, type, fields)).code]).toEqual([type, 'not_found'])
  }
  expect(await socket.asks('sync', { chats: { [tea]: 1 } })).toEqual({ chats: {}, removed: [tea] })
  socket.close()
})

test('frames with anything more, less or else than they should have are refused (S-23)', async () => {
  const { id } = await post('frames')
  const socket = await ann.connect()
  const bad: [string, object][] = [
    ['send_message', { chat_id: tea, ...say('x'), seq: 1 }],
    ['send_message', { chat_id: tea, content: 'x' }],
    ['edit_message', { message_id: id, content: 1 }],
    ['react', { message_id: id, emoji: '👍', on: 'yes' }],
    ['message_read', { message_id: id, seq: 1 }],
    ['message_read', {}],
    ['sync', { chats: { no: 1 } }],
    ['sync', { chats: { [tea]: -1 } }],
    ['sync', { chats: [] }],
  ]
  for (const [type, fields] of bad) expect((await refusalOf(socket, type, fields)).code).toBe('invalid')
  socket.close()
})

test('messages sent without waiting take their places in the order sent (C6)', async () => {
  const socket = await ann.connect()
  const texts = Array.from({ length: 30 }, (_, i) => (i % 7 === 3 ? `\`\`\`js\n${i}\n\`\`\`` : `${i}`))
  const sent = await Promise.all(
    texts.map((text) => socket.asks('send_message', { chat_id: tea, ...say(text) })),
  )
  const seqs = sent.map(({ message }) => message.seq)

  expect(seqs).toEqual(seqs.map((_, i) => seqs[0] + i))
  socket.close()
})

const refusalOf = (socket: TestSocket, type: string, fields: object) =>
  socket.asks(type, fields).then(
    () => ({ code: 'none' }),
    (error: { code: string }) => error,
  )
