import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { ANN, aChat, aMessage, TEA } from '../testing/sample.ts'
import { greet, syncAll } from './catchUp.ts'
import { openConnection } from './connection.ts'
import { gone } from './rewound.ts'
import { chats, meId } from './store.ts'
import { newChatState } from './sync.ts'

const HELLO = {
  type: 'hello',
  data: { user_id: ANN, node: 'n', epoch: 'e', heartbeat_ms: 60_000, chats: [] },
}
const SIGNED_OUT = 4401

const browsers = { setTimeout: globalThis.setTimeout, location: globalThis.location }
let asked: { chats: Record<string, number>; after?: string; until?: string }[] = []
let answers: object[] = []
/** Called with each wait that a page begins: it ends when it is told to. */
let waits: (wait: { ms: number; end(): void }) => void

const node = Bun.serve({
  port: 0,
  fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response('no', { status: 400 })),
  websocket: {
    open: (ws) => void ws.send(JSON.stringify(HELLO)),
    message: (ws, text) => {
      const { ref, ...question } = JSON.parse(String(text))
      asked.push(question)
      const answer = answers.shift()
      if (answer === undefined)
        ws.close(SIGNED_OUT) // whoever asks without end is told to go
      else ws.send(JSON.stringify({ ref, ...answer }))
    },
  },
})

const rest = { members: [], chat: null, reads: [], unread: 0, mentions: 0 }
const upTo = (rev: number, more: boolean) => ({
  type: 'ack',
  data: { chats: { [TEA]: { ...rest, after: 0, rev, messages: [aMessage(rev)], more } }, removed: [] },
})

beforeAll(async () => {
  globalThis.location = { protocol: 'http:', host: node.url.host } as typeof location
  await new Promise<void>((live) => {
    const connection = ({ state }: { state: string }) => state === 'live' && live()
    openConnection({ heard: () => undefined, connection, signedOut: () => undefined })
  })
})
beforeEach(() => {
  globalThis.setTimeout = browsers.setTimeout
  asked = []
  meId.value = ANN
  chats.value = new Map([[TEA, newChatState(aChat({ rev: 1, last_seq: 1 }))]])
})
afterAll(async () => {
  Object.assign(globalThis, browsers)
  await node.stop(true)
})

test('all is asked for as long as there is more and each answer brings some of it', async () => {
  answers = [upTo(2, true), upTo(3, true), upTo(4, false)]

  await syncAll()

  expect(asked.map(({ chats }) => chats[TEA])).toEqual([1, 2, 3])
  expect(chats.peek().get(TEA)?.rev).toBe(4)
})

test('more chats than a frame names are asked for a range after another', async () => {
  const ids = Array.from(
    { length: 1200 },
    (_, at) => `0199f6ab-1000-7000-8000-${String(at).padStart(12, '0')}`,
  )
  // As they came, not by id.
  chats.value = new Map(ids.toReversed().map((id) => [id, newChatState(aChat({ id, rev: 1 }))]))
  const nothing = { type: 'ack', data: { chats: {}, removed: [] } }
  const one = { ...rest, after: 1, rev: 2, messages: [], more: true }
  answers = [
    nothing,
    { type: 'ack', data: { chats: { [ids[700] ?? '']: one }, removed: [] } },
    nothing,
    nothing,
  ]

  await syncAll()

  expect(asked.map(({ after, until }) => [after, until])).toEqual([
    [undefined, ids[499]],
    [ids[499], ids[999]],
    [ids[499], ids[999]],
    [ids[999], undefined],
  ])
  expect(asked.map(({ chats }) => Object.keys(chats).length)).toEqual([500, 500, 500, 200])
})

test('a node that says there is more and brings nothing is asked no more', async () => {
  answers = [upTo(2, true), upTo(2, true), upTo(2, true)]

  await syncAll()

  expect(asked).toHaveLength(2)
})

test('a node that was asked too much is asked again when it says', async () => {
  const refusal = { code: 'rate_limited', reason: 'rate_limited', retry_after_ms: 60_000 }
  answers = [{ type: 'error', error: refusal }, upTo(2, false)]
  const wait = new Promise<{ ms: number; end(): void }>((resolve) => {
    waits = (begun) => begun.ms > 10_000 && resolve(begun) // an answer is waited for as well
  })
  globalThis.setTimeout = ((end: () => void, ms: number) => waits({ ms, end })) as never

  const synced = syncAll()
  const { ms, end } = await wait
  const before = asked.length
  end()
  await synced

  expect(ms).toBeGreaterThanOrEqual(60_000)
  expect([before, asked.length]).toEqual([1, 2])
})

test('who is refused for good does not wait', async () => {
  answers = [{ type: 'error', error: { code: 'invalid', reason: 'input' } }]

  await syncAll()

  expect(asked).toHaveLength(1)
})

const hello = (epoch: string, last_seq: number) => ({
  ...HELLO.data,
  epoch,
  chats: [{ id: TEA, rev: last_seq, last_seq, last_read_seq: 0, unread: 0, mentions: 0 }],
})

test('after a restore nothing learnt is kept: all is asked for from nothing, and what is gone is told', async () => {
  chats.value = new Map([[TEA, newChatState(aChat({ rev: 9, last_seq: 9 }))]])
  greet(hello('before', 9))
  expect(gone.value).toBeNull()
  const anew = aChat({ rev: 4, last_seq: 4 })
  answers = [
    {
      type: 'ack',
      data: {
        chats: { [TEA]: { ...rest, after: 4, rev: 4, messages: [], chat: anew, reset: true, more: false } },
        removed: [],
      },
    },
  ]

  greet(hello('restored', 4))
  await new Promise<void>((settled) => {
    chats.subscribe((now) => void (now.get(TEA)?.rev === 4 && settled()))
  })

  expect(asked).toEqual([{ type: 'sync', epoch: 'restored', chats: { [TEA]: 0 } } as never])
  expect(chats.peek().get(TEA)?.chat.last_seq).toBe(4)
  expect(gone.value).toBe(5)
})
