import { afterAll, beforeEach, expect, test } from 'bun:test'
import { askChanges } from './catchUp.ts'
import { ANN, aChat, aMessage, TEA } from './fixtures.ts'
import { chats, meId } from './store.ts'
import { newChatState } from './sync.ts'

const browsersFetch = globalThis.fetch
let asked: string[] = []

/** A page's own `fetch` knows where it came from; here the node is asked in its place. */
function nodeAnswers(status: number, body: object): void {
  globalThis.fetch = ((path: string) => {
    asked.push(path)
    // Whoever asks without end is not answered: a test is red then, and not busy for ever.
    return asked.length > 5 ? new Promise(() => undefined) : Promise.resolve(Response.json(body, { status }))
  }) as typeof fetch
}

const early = (rev: number) => ({ type: 'new_message' as const, data: aMessage(rev) })
const shown = () => chats.peek().get(TEA)

beforeEach(() => {
  asked = []
  meId.value = ANN
  chats.value = new Map([[TEA, newChatState(aChat({ rev: 1, last_seq: 1 }))]])
})
afterAll(() => {
  globalThis.fetch = browsersFetch
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
