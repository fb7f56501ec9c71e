import { afterAll, beforeEach, expect, test } from 'bun:test'
import { ANN, aChat, aMessage, TEA } from '../testing/sample.ts'
import { hearDurable } from './catchUp.ts'
import { markRead } from './doing.ts'
import { chats, connection, meId } from './store.ts'
import { newChatState } from './sync.ts'

const browsers = { fetch: globalThis.fetch, setTimeout: globalThis.setTimeout }
let asked: string[] = []
let due: { ms: number; work: () => Promise<void> }[] = []

/** What the node answers next. */
let node: { status: number; body: object; headers?: Record<string, string> }

const chatAt = (rev: number, unread: number) => ({
  status: 200,
  body: { chat: aChat({ rev, me: { ...aChat().me!, unread } }) },
})

/** The time of the next question has come; done when it is answered. */
async function wait(): Promise<number | undefined> {
  const next = due.shift()
  await next?.work()
  return next?.ms
}

const hear = (seq: number, rev: number, given: object = {}) =>
  hearDurable({ type: 'message_updated', data: aMessage(seq, { rev, ...given }) })
const takeBack = (seq: number, rev: number) =>
  hear(seq, rev, { deleted_at: '2026-11-20T12:01:00.000Z', content: '' })
const shown = () => chats.peek().get(TEA)?.chat.me?.unread

beforeEach(() => {
  asked = []
  due = []
  meId.value = ANN
  connection.value = { state: 'live' }
  chats.value = new Map([[TEA, newChatState(aChat())]])
  globalThis.fetch = ((path: string) => {
    asked.push(path)
    return Promise.resolve(Response.json(node.body, node))
  }) as typeof fetch
  globalThis.setTimeout = ((work: () => Promise<void>, ms: number) => due.push({ work, ms })) as never
  for (const seq of [1, 2, 3]) hear(seq, seq)
})
afterAll(() => {
  Object.assign(globalThis, browsers)
})

test('what was taken back in a chat that is not open is counted as the node counts it, asked once', async () => {
  node = chatAt(5, 1)
  takeBack(1, 4)
  takeBack(2, 5)
  expect([shown(), due.length]).toEqual([3, 1])

  const ms = await wait()

  expect(ms).toBeGreaterThanOrEqual(1000)
  expect(asked).toEqual([`/api/chats/${TEA}`])
  expect([shown(), due.length]).toEqual([1, 0])
})

test('counts that are behind what was heard meanwhile, or ahead of it, are asked for again', async () => {
  node = chatAt(5, 1)
  takeBack(1, 4)
  await wait()
  expect([shown(), due.length]).toEqual([3, 1])

  hear(4, 5)
  hear(5, 6)
  await wait()
  expect([shown(), due.length]).toEqual([5, 1])

  node = chatAt(6, 4)
  await wait()
  expect([shown(), due.length]).toEqual([4, 0])
})

test('counts from before something was read here are asked for again', async () => {
  node = chatAt(4, 2)
  takeBack(1, 4)
  const question = wait()

  await markRead(TEA, 3).catch(() => undefined) // nobody is connected here: the mark moves all the same
  await question

  expect([shown(), due.length]).toEqual([0, 1])
  node = chatAt(4, 0)
  await wait()
})

test('a node that is busy is asked again when it says, one that shows nothing never', async () => {
  node = { status: 429, body: { code: 'rate_limited', reason: 'x' }, headers: { 'Retry-After': '60' } }
  takeBack(1, 4)
  await wait()
  expect(due[0]?.ms).toBeGreaterThanOrEqual(60_000)

  node = { status: 404, body: { code: 'not_found', reason: 'chat' } }
  await wait()
  expect(due).toEqual([])
})

test('without a connection nothing is asked again: the next greeting brings the counts', async () => {
  node = { status: 503, body: { code: 'unavailable', reason: 'x' } }
  takeBack(1, 4)
  connection.value = { state: 'connecting' }

  await wait()

  expect(due).toEqual([])
})
