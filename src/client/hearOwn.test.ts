import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import type { TestSocket } from '../testing/socket.ts'
import { hearDurable } from './catchUp.ts'
import { hearOwn } from './hearOwn.ts'
import { chats, meetChat, meId } from './store.ts'
import { type DurableFrame, isDurable, type ServerFrame } from './wire.ts'

// Frames of a node that slept between its commit and its word: what a page knows is newer by then.

let node: TestNode
let ann: TestPerson
let bo: TestPerson
let socket: TestSocket
let tea: string
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
  meId.value = bo.id
})
afterAll(() => node.stop())
beforeEach(async () => {
  chats.value = new Map()
  tea = (await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })).body.chat.id
  meetChat((await bo.get(`/api/chats/${tea}`)).body.chat)
  socket = await bo.connect()
})

const ours = (frame: { data?: { chat_id?: string; chat?: { id: string } } }) =>
  frame.data?.chat_id === tea || frame.data?.chat?.id === tea
/** All that bo's socket has heard of the chat, in order. */
const heard = async (): Promise<ServerFrame[]> => {
  await socket.ping()
  return socket.frames.filter(ours) as never
}
const hear = (frame: ServerFrame): void =>
  isDurable(frame) ? hearDurable(frame as DurableFrame) : hearOwn(frame)
const remove = () => ann.del(`/api/chats/${tea}/members/${bo.id}`)

test('who is removed loses the chat', async () => {
  await remove()
  for (const frame of await heard()) hear(frame)

  expect(chats.peek().has(tea)).toBe(false)
})

test('who was added again since keeps the chat, however late the removal is told', async () => {
  await remove()
  const removed = (await heard()).find(({ type }) => type === 'chat_removed') as ServerFrame
  await ann.post(`/api/chats/${tea}/members`, { user_id: bo.id })
  for (const frame of await heard()) hear(frame)
  hear(removed)

  expect(removed.data).toHaveProperty('rev')
  expect(chats.peek().has(tea)).toBe(true)
})

test('a chat that was deleted is lost, whatever is known of it', async () => {
  await ann.del(`/api/chats/${tea}`)
  for (const frame of await heard()) hear(frame)

  expect(chats.peek().has(tea)).toBe(false)
})

test('an own read mark that is told late does not move back', async () => {
  for (const content of ['one', 'two']) {
    const draft = { client_id: crypto.randomUUID(), content }
    const { seq } = (await ann.post(`/api/chats/${tea}/messages`, draft)).body.message
    await bo.post(`/api/chats/${tea}/read`, { seq })
  }
  const frames = await heard()
  for (const frame of frames) hear(frame)
  hear(frames.find(({ type }) => type === 'me_updated') as ServerFrame)

  expect(chats.peek().get(tea)?.chat.me).toMatchObject({ last_read_seq: 2, unread: 0 })
})
