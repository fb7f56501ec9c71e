import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import type { Frame } from '../testing/socket.ts'

let node: TestNode
let ann: TestPerson
let bo: TestPerson
beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
})
afterAll(() => node.stop())

const say = (content: string) => ({ client_id: crypto.randomUUID(), content })

/** A channel in which ten things were said before bo comes. */
async function busyChannel(): Promise<string> {
  const draft = { kind: 'channel', visibility: 'public', name: 'tea' }
  const { id } = (await ann.post('/api/chats', draft)).body.chat
  for (let at = 0; at < 10; at++) await ann.post(`/api/chats/${id}/messages`, say(`${at}`))
  return id
}

/** Σ (rev + own mark) as a client sums it that follows the protocol, from its frames alone. */
function sumOf(frames: readonly Frame[], me: string): number {
  const known = new Map<string, { rev: number; mark: number }>()
  for (const { type, data } of frames) {
    if (type === 'hello')
      for (const { id, rev, last_read_seq } of data.chats) known.set(id, { rev, mark: last_read_seq })
    if (type === 'chat_created')
      known.set(data.chat.id, { rev: data.chat.rev, mark: data.chat.me.last_read_seq })
    if (type === 'chat_removed') known.delete(data.chat_id)
    const chat = known.get(data?.chat_id)
    if (chat === undefined) continue
    if (data.rev === chat.rev + 1) chat.rev = data.rev
    if (type === 'me_updated') chat.mark = data.me.last_read_seq
    const isOwn = type === 'new_message' && data.sender_id === me && data.kind !== 'system'
    if (isOwn) chat.mark = Math.max(chat.mark, data.seq)
  }
  return [...known.values()].reduce((sum, { rev, mark }) => sum + rev + mark, 0)
}

test('the digest of who joins is what their client sums up, also when they come back', async () => {
  const chat = await busyChannel()
  const socket = await bo.connect()

  await socket.asks('join_room', { chat_id: chat })
  expect(await socket.ping()).toBe(sumOf(socket.frames, bo.id))

  await socket.asks('leave_room', { chat_id: chat })
  expect(await socket.ping()).toBe(sumOf(socket.frames, bo.id))

  await ann.post(`/api/chats/${chat}/messages`, say('meanwhile'))
  await socket.asks('join_room', { chat_id: chat })
  await socket.asks('send_message', { chat_id: chat, ...say('back') })
  expect(await socket.ping()).toBe(sumOf(socket.frames, bo.id))
  socket.close()
})

test('the digest of who is added is what their client sums up, also when they are added again', async () => {
  const chat = await busyChannel()
  const socket = await bo.connect()

  for (const _ of ['added', 'added again']) {
    await ann.post(`/api/chats/${chat}/members`, { user_id: bo.id })
    expect(await socket.ping()).toBe(sumOf(socket.frames, bo.id))

    await ann.post(`/api/chats/${chat}/messages`, say('more'))
    await ann.del(`/api/chats/${chat}/members/${bo.id}`)
    expect(await socket.ping()).toBe(sumOf(socket.frames, bo.id))
  }
  socket.close()
})
