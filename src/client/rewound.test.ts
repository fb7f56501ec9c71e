import { afterEach, beforeEach, expect, test } from 'bun:test'

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
