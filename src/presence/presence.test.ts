import { afterAll, beforeAll, expect, test } from 'bun:test'
import { newId } from '../platform/ids.ts'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import { presenceOf } from './presence.ts'

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let cy: TestPerson
let gus: TestPerson

beforeAll(async () => {
  node = await startTestNode()
  await node.person('ada', 'owner')
  ann = await node.person('ann')
  bo = await node.person('bo')
  cy = await node.person('cy')
  gus = await node.person('gus', 'guest')
})
afterAll(() => node.stop())

test('a person is as present as the most present device, unless one asks not to be disturbed', () => {
  expect(presenceOf([])).toBe('offline')
  expect(presenceOf(['away', 'online'])).toBe('online')
  expect(presenceOf(['away', 'away'])).toBe('away')
  expect(presenceOf(['online', 'dnd'])).toBe('dnd')
})

test('who watches a person is told when they come, change and go; nobody else is', async () => {
  const [watcher, other] = [await ann.connect(), await cy.connect()]
  const before = await watcher.asks('watch_presence', { user_ids: [bo.id] })
  const socket = await bo.connect()

  expect(before).toEqual({ data: [{ user_id: bo.id, state: 'offline' }] })
  expect((await watcher.next('presence')).data).toEqual({ user_id: bo.id, state: 'online' })
  expect((await ann.get(`/api/users/${bo.id}`)).body.user.presence).toBe('online')
  expect(await socket.asks('presence', { state: 'dnd' })).toEqual({
    data: [{ user_id: bo.id, state: 'dnd' }],
  })
  expect((await watcher.next('presence')).data.state).toBe('dnd')
  socket.close()
  expect((await watcher.next('presence')).data).toEqual({ user_id: bo.id, state: 'offline' })
  expect(other.frames.some(({ type }) => type === 'presence')).toBe(false)
  watcher.close()
  other.close()
})

test('changes are told in batches: who reloads a page is not seen to go', async () => {
  const [watcher, first] = [await ann.connect(), await bo.connect()]
  await watcher.asks('watch_presence', { user_ids: [bo.id, cy.id] })
  await watcher.next('presence', ({ data }) => data.user_id === bo.id)

  first.close()
  await first.closed
  const second = await bo.connect()
  const marker = await cy.connect()
  await watcher.next('presence', ({ data }) => data.user_id === cy.id && data.state === 'online')

  expect(
    watcher.frames.filter(({ type, data }) => type === 'presence' && data.user_id === bo.id),
  ).toHaveLength(1)
  for (const socket of [watcher, second, marker]) socket.close()
})

test('a new list of watched people replaces the old one', async () => {
  const watcher = await ann.connect()
  await watcher.asks('watch_presence', { user_ids: [bo.id] })
  await watcher.asks('watch_presence', { user_ids: [cy.id] })

  const [socket, marker] = [await bo.connect(), await cy.connect()]
  await socket.asks('presence', { state: 'dnd' })
  await marker.asks('presence', { state: 'dnd' })
  await watcher.next('presence', ({ data }) => data.user_id === cy.id)

  expect(watcher.frames.some(({ type, data }) => type === 'presence' && data.user_id === bo.id)).toBe(false)
  for (const one of [watcher, socket, marker]) one.close()
})

test('a guest watches only those they share a chat with, and themselves', async () => {
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [gus.id] })
  const socket = await gus.connect()

  const { data } = await socket.asks('watch_presence', { user_ids: [ann.id, cy.id, gus.id, newId()] })
  await gus.post(`/api/chats/${body.chat.id}/leave`)
  const after = await socket.asks('watch_presence', { user_ids: [ann.id] })

  expect(data.map(({ user_id }: { user_id: string }) => user_id)).toEqual([ann.id, gus.id])
  expect(after).toEqual({ data: [] })
  socket.close()
})

test('bad frames of presence and typing are refused', async () => {
  const socket = await ann.connect()
  const code = (type: string, fields: object): Promise<string> =>
    socket.asks(type, fields).then(
      () => 'ack',
      (error) => error.code,
    )
  const many = Array.from({ length: 201 }, () => newId())

  expect(await code('watch_presence', { user_ids: many })).toBe('invalid')
  expect(await code('watch_presence', { user_ids: many.slice(1) })).toBe('ack')
  expect(await code('watch_presence', { user_ids: ['bo'] })).toBe('invalid')
  expect(await code('presence', { state: 'offline' })).toBe('invalid')
  expect(await code('presence', { state: 'online', more: 1 })).toBe('invalid')
  expect(await code('typing', { chat_id: 'tea', is_typing: true })).toBe('invalid')
  expect(await code('typing', { chat_id: newId(), is_typing: 'yes' })).toBe('invalid')
  socket.close()
})

test('typing is told to the chat with a name, once in 3 s, and its end', async () => {
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
  const chatId = body.chat.id
  const [one, other] = [await ann.connect(), await bo.connect()]

  for (let at = 0; at < 3; at++) await one.asks('typing', { chat_id: chatId, is_typing: true })
  await one.asks('typing', { chat_id: chatId, is_typing: false })
  await one.asks('typing', { chat_id: chatId, is_typing: false })
  await other.ping()

  const about = { chat_id: chatId, user_id: ann.id, username: 'ann' }
  expect(other.frames.filter(({ type }) => type === 'user_typing').map(({ data }) => data)).toEqual([
    { ...about, is_typing: true },
    { ...about, is_typing: false },
  ])
  for (const socket of [one, other]) socket.close()
})

test('S-12 S-13 a stranger and a removed member can neither type nor hear typing', async () => {
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
  const chatId = body.chat.id
  const [one, removed, stranger] = [await ann.connect(), await bo.connect(), await cy.connect()]
  await ann.del(`/api/chats/${chatId}/members/${bo.id}`)
  await removed.next('chat_removed')

  await one.asks('typing', { chat_id: chatId, is_typing: true })

  for (const socket of [removed, stranger]) {
    const error = await socket
      .asks('typing', { chat_id: chatId, is_typing: true })
      .catch((refusal) => refusal)
    expect(error).toMatchObject({ code: 'not_found', reason: 'chat' })
    expect(socket.frames.some(({ type }) => type === 'user_typing')).toBe(false)
  }
  for (const socket of [one, removed, stranger]) socket.close()
})
