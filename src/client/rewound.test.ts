import { afterEach, beforeEach, expect, test } from 'bun:test'
import { aChat, aMessage, TEA } from '../testing/sample.ts'
import { gone, tellGone } from './rewound.ts'
import { chats } from './store.ts'
import { newChatState } from './sync.ts'
import type { MessageWire } from './wire.ts'

const HEAD = { id: TEA, rev: 3, last_read_seq: 0, unread: 0, mentions: 0 }
const bySeq = (rows: MessageWire[]) => new Map(rows.map((row) => [row.seq, row]))

const known = globalThis.localStorage
let kept: Map<string, string>

beforeEach(() => {
  kept = new Map()
  globalThis.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage
})
afterEach(() => {
  globalThis.localStorage = known
})

let pages = 0

/** A page that was just opened: it knows nothing but what the browser keeps. */
async function openPage() {
  const { isRewound } = (await import(`./rewound.ts?page=${++pages}`)) as typeof import('./rewound.ts')
  return (epoch: string) => isRewound({ user_id: 'u', node: 'n', heartbeat_ms: 1, epoch, chats: [] })
}

test('a page that lives through a restore notices it once', async () => {
  const hears = await openPage()

  expect(['first', 'first', 'restored', 'restored'].map(hears)).toEqual([false, false, true, false])
})

test('one that is opened after it notices it by what the browser knew before, and once', async () => {
  const [before, after, later] = [await openPage(), await openPage(), await openPage()]

  expect(before('first')).toBe(false)
  expect(after('restored')).toBe(true)
  expect(later('restored')).toBe(false)
})

test('in a browser that keeps nothing a new page knows no other history', async () => {
  globalThis.localStorage = undefined as never
  const hears = await openPage()

  expect(hears('restored')).toBe(false)
})

test('what is gone is counted by message where others have written in its place', async () => {
  const known = [aMessage(1), aMessage(2), aMessage(3)]
  chats.value = new Map([[TEA, { ...newChatState(aChat({ last_seq: 3 })), rows: bySeq(known) }]])
  const hello = {
    user_id: 'u',
    node: 'n',
    heartbeat_ms: 1,
    epoch: 'restored',
    chats: [{ ...HEAD, last_seq: 3 }],
  }

  await tellGone(hello, TEA, async () => {
    const others = [aMessage(2, { id: 'other two' }), aMessage(3, { id: 'other three' })]
    chats.value = new Map([[TEA, { ...newChatState(aChat({ last_seq: 3 })), rows: bySeq(others) }]])
  })

  // The first may be there still: the page that was loaded does not reach back to it.
  expect(gone.value).toBe(2)
  gone.value = null
  chats.value = new Map()
})

test('of a chat that is not there any more everything is gone', async () => {
  chats.value = new Map([[TEA, newChatState(aChat({ last_seq: 7 }))]])

  await tellGone(
    { user_id: 'u', node: 'n', heartbeat_ms: 1, epoch: 'restored', chats: [] },
    null,
    async () => {},
  )

  expect(gone.value).toBe(7)
  gone.value = null
  chats.value = new Map()
})
