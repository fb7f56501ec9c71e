import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestNode, type TestNode, type TestPerson } from '../testing/node.ts'
import type { Frame, TestSocket } from '../testing/socket.ts'
import { hearDurable } from './catchUp.ts'
import { chats, connection, meetChat, meId } from './store.ts'
import type { DurableFrame } from './wire.ts'

// What a page counts in a chat that is not open on it, against what the node counts.
const browsers = { fetch: globalThis.fetch, setTimeout: globalThis.setTimeout }
let node: TestNode
let ann: TestPerson
let bo: TestPerson
let socket: TestSocket
let tea: string

beforeAll(async () => {
  node = await startTestNode()
  ann = await node.person('ann')
  bo = await node.person('bo')
  tea = (await bo.post('/api/chats', { kind: 'group', name: 'tea', member_ids: [ann.id] })).body.chat.id
  socket = await ann.connect()
  meId.value = ann.id
  connection.value = { state: 'live' }
  meetChat((await ann.get(`/api/chats/${tea}`)).body.chat)
  globalThis.fetch = (async (path: string | URL | Request, init?: RequestInit) => {
    if (typeof path !== 'string' || !path.startsWith('/')) return browsers.fetch(path, init)
    return Response.json((await ann.get(path)).body)
  }) as typeof fetch
})
afterAll(async () => {
  globalThis.fetch = browsers.fetch
  socket.close()
  await node.stop()
})

/** The page hears the next frame of this type, and asks at once what it would ask in a second or two. */
async function hear(type: string): Promise<void> {
  const due: (() => Promise<void>)[] = []
  const frame: Frame = await socket.next(type)
  globalThis.setTimeout = ((work: () => Promise<void>) => due.push(work)) as never
  hearDurable(frame as DurableFrame)
  globalThis.setTimeout = browsers.setTimeout
  for (const work of due) await work()
}

async function say(content: string): Promise<string> {
  const draft = { client_id: crypto.randomUUID(), content }
  const { body } = await bo.post(`/api/chats/${tea}/messages`, draft)
  await hear('new_message')
  return body.message.id
}

const pick = ({ unread, mentions }: { unread: number; mentions: number }) => [unread, mentions]
const here = () => pick(chats.peek().get(tea)!.chat.me!)
const there = async () => pick((await ann.get(`/api/chats/${tea}`)).body.chat.me)

test('a page counts as the node does when a message is sent, edited to name the reader, and taken back', async () => {
  const first = await say('hello')
  expect(here()).toEqual([1, 0])
  const second = await say('are you there?')
  expect(here()).toEqual([2, 0])

  await bo.put(`/api/chats/messages/${first}`, { content: 'hello @ann' })
  await hear('message_updated')
  expect([here(), await there()]).toEqual([
    [2, 1],
    [2, 1],
  ])
  await bo.put(`/api/chats/messages/${first}`, { content: 'hello' })
  await hear('message_updated')
  expect([here(), await there()]).toEqual([
    [2, 0],
    [2, 0],
  ])
  await bo.del(`/api/chats/messages/${first}`)
  await hear('message_deleted')
  expect([here(), await there()]).toEqual([
    [1, 0],
    [1, 0],
  ])
  await bo.del(`/api/chats/messages/${second}`)
  await hear('message_deleted')
  expect([here(), await there()]).toEqual([
    [0, 0],
    [0, 0],
  ])
})
