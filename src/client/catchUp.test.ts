import { afterAll, beforeEach, expect, test } from 'bun:test'
import { ANN, aChat, aMessage, TEA } from '../testing/sample.ts'
import { askChanges } from './catchUp.ts'
import { chats, connection, meId } from './store.ts'
import { newChatState } from './sync.ts'

const browsers = { fetch: globalThis.fetch, setTimeout: globalThis.setTimeout }
let asked: string[] = []

/** A page's own `fetch` knows where it came from; here the node is asked in its place. */
function nodeAnswers(status: number, body: object, headers: Record<string, string> = {}): void {
  globalThis.fetch = ((path: string) => {
    asked.push(path)
    // Whoever asks without end is not answered: a test is red then, and not busy for ever.
    return asked.length > 5
      ? new Promise(() => undefined)
      : Promise.resolve(Response.json(body, { status, headers }))
  }) as typeof fetch
}

let held: { ms: number; end(): void }[] = []

/** Nothing that waits comes to its end by itself. */
function holdTime(): void {
  globalThis.setTimeout = ((end: () => void, ms: number) => held.push({ end, ms })) as never
}

const early = (rev: number) => ({ type: 'new_message' as const, data: aMessage(rev) })
const shown = () => chats.peek().get(TEA)

beforeEach(() => {
  asked = []
  held = []
  Object.assign(globalThis, browsers)
  connection.value = { state: 'connecting' }
  meId.value = ANN
  chats.value = new Map([[TEA, newChatState(aChat({ rev: 1, last_seq: 1 }))]])
})
afterAll(() => {
  Object.assign(globalThis, browsers)
})

test('what came early is applied after what was missing', async () => {
  const missed = [aMessage(2), aMessage(3)]
  nodeAnswers(200, { after: 1, rev: 3, messages: missed, members: [], chat: null, reads: [], more: false })

  await askChanges(TEA, [early(4), early(5)])

  expect(asked).toEqual([`/api/chats/${TEA}/changes?after=1`])
  expect(shown()?.rev).toBe(5)
})

test.each([
  ['not_found', 404],
  ['unavailable', 503],
])('a chat that answers %s is not asked again at once for what came early', async (code, status) => {
  nodeAnswers(status, { code, reason: code })

  await askChanges(TEA, [early(4), early(5)])

  expect(asked).toHaveLength(1)
  expect(shown()?.rev).toBe(1)
})

const nothingNew = { after: 1, rev: 1, messages: [], members: [], chat: null, reads: [] }

test.each<[string, object, Parameters<typeof askChanges>[1]]>([
  ['says there is more and brings nothing', { ...nothingNew, more: true }, []],
  ['does not know what was heard', { ...nothingNew, more: false }, [early(4)]],
])('a node that %s is asked again later, not at once', async (_, answer, heard) => {
  connection.value = { state: 'live' }
  nodeAnswers(200, answer)
  holdTime()

  await askChanges(TEA, heard)

  expect(asked).toHaveLength(1)
  expect(held.map(({ ms }) => ms)).toEqual([3000])
})

test('a node that was asked too much is asked again when it says', async () => {
  connection.value = { state: 'live' }
  nodeAnswers(429, { code: 'rate_limited', reason: 'rate_limited' }, { 'Retry-After': '60' })
  holdTime()

  await askChanges(TEA)

  expect(held.map(({ ms }) => ms)).toEqual([60_000])
})

test('a chat that is gone meanwhile is not asked for', async () => {
  chats.value = new Map()
  nodeAnswers(404, {})

  await askChanges(TEA, [early(4)])

  expect(asked).toEqual([])
})
