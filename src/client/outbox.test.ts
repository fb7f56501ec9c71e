import { expect, spyOn, test } from 'bun:test'
import fc from 'fast-check'
import { ANN, aMessage, BO, TEA } from '../testing/sample.ts'
import { createOutbox, type Entry, type Office, type Shelf } from './outbox.ts'
import { Refused, Unanswered } from './socket.ts'

const COFFEE = 'coffee'

function aShelf(): Shelf & { kept: Map<string, Entry> } {
  const kept = new Map<string, Entry>()
  return {
    kept,
    all: async () => [...kept.values()],
    put: async (entry) => void kept.set(entry.client_id, entry),
    remove: async (id) => void kept.delete(id),
  }
}

/** An office whose node answers as told; `settled` resolves when nothing waits any more. */
function anOffice(given: Partial<Office> = {}) {
  const shelf = aShelf()
  const sent: string[] = []
  const seen: { entries: readonly Entry[] } = { entries: [] }
  const watchers = new Set<() => void>()
  const office: Office = {
    userId: ANN,
    shelf,
    send: async (entry) => {
      sent.push(entry.content)
      return aMessage(sent.length, { client_id: entry.client_id })
    },
    show: (entries) => {
      seen.entries = entries
      for (const watch of watchers) watch()
    },
    sent: () => undefined,
    full: () => undefined,
    tellTabs: () => undefined,
    ...given,
  }
  const until = (is: (entries: readonly Entry[]) => boolean) =>
    new Promise<void>((done) => {
      const look = () => is(seen.entries) && done()
      watchers.add(look)
      look()
    })
  return { office, shelf, sent, seen, until }
}

const says = (content: string, chat_id: string = TEA) => ({ chat_id, content, reply_to: null })
const isEmpty = (entries: readonly Entry[]) => entries.length === 0

test('a message is shown as queued only when it is kept', async () => {
  const order: string[] = []
  const shelf = aShelf()
  const { office } = anOffice({
    shelf: { ...shelf, put: () => Promise.resolve().then(() => void order.push('kept')) },
    show: () => void order.push('shown'),
  })

  await createOutbox(office).add(says('hi'))

  expect(order).toEqual(['kept', 'shown'])
})

test('what waits is sent in the order it was written, and forgotten once it is stored', async () => {
  const { office, shelf, sent, until } = anOffice()
  const outbox = createOutbox(office)
  for (const text of ['one', 'two', 'three']) await outbox.add(says(text))

  outbox.setFlushing(true)
  await until(isEmpty)

  expect(sent).toEqual(['one', 'two', 'three'])
  expect(shelf.kept.size).toBe(0)
})

test('a node that says "later" for a long time is asked again within 4 s of its own hint', async () => {
  const waits: number[] = []
  using _chance = spyOn(Math, 'random').mockReturnValue(1)
  using _clock = spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
    waits.push(ms)
    queueMicrotask(run)
  }) as unknown as typeof setTimeout)
  const { office, until } = anOffice({
    send: async ({ client_id }) => {
      if (waits.length === 10) return aMessage(1, { client_id })
      throw new Refused({ code: 'unavailable', reason: 'database', retry_after_ms: 1000 })
    },
  })
  const outbox = createOutbox(office)
  await outbox.add(says('hi'))

  outbox.setFlushing(true)
  await until(isEmpty)

  expect(waits.length).toBe(10)
  expect(Math.max(...waits)).toBe(5000)
})

test('a refused message is shown as failed and stops neither what follows nor other chats', async () => {
  const sent: string[] = []
  const { office, seen, until } = anOffice({
    send: async ({ content, client_id }) => {
      if (content === 'bad') throw new Refused({ code: 'invalid', reason: 'message_empty' })
      sent.push(content)
      return aMessage(sent.length, { client_id })
    },
  })
  const outbox = createOutbox(office)
  for (const [text, chat] of [
    ['bad', TEA],
    ['good', TEA],
    ['also', COFFEE],
  ] as const)
    await outbox.add(says(text, chat))

  outbox.setFlushing(true)
  await until((entries) => entries.length === 1 && entries[0]?.state === 'failed')

  expect(sent.toSorted()).toEqual(['also', 'good'])
  expect(seen.entries[0]).toMatchObject({ content: 'bad', reason: 'message_empty' })
})

test('with a connection there is no more waiting: the next attempt is made at once, however many have failed', async () => {
  let isThere = false
  let tries = 0
  const { office, sent, until } = anOffice({
    send: async (entry) => {
      tries += 1
      if (!isThere) throw new Unanswered('no connection')
      sent.push(entry.content)
      return aMessage(sent.length, { client_id: entry.client_id })
    },
  })
  const outbox = createOutbox(office)
  await outbox.add(says('one'))
  await outbox.add(says('two'))
  outbox.setFlushing(true)
  for (let round = 0; round < 40; round += 1) {
    await Promise.resolve()
    outbox.flush()
  }
  const before = tries

  isThere = true
  outbox.flush()
  await until(isEmpty)

  expect(before).toBeGreaterThan(5)
  expect(sent).toEqual(['one', 'two'])
})

test('an unknown outcome is tried again with the same client_id', async () => {
  const ids: string[] = []
  const { office, until } = anOffice({
    send: async ({ client_id }) => {
      ids.push(client_id)
      if (ids.length === 1) throw new Unanswered('connection lost')
      return aMessage(1, { client_id })
    },
  })
  const outbox = createOutbox(office)
  await outbox.add(says('once'))

  outbox.setFlushing(true)
  await until(isEmpty)

  expect(ids.length).toBe(2)
  expect(new Set(ids).size).toBe(1)
})

test('a page that opens later sends what an earlier one left, and never what is somebody else’s', async () => {
  const { office, shelf, sent, until } = anOffice()
  await createOutbox({ ...office, userId: BO }).add(says('by bo'))
  await createOutbox(office).add(says('left over'))

  const outbox = createOutbox(office)
  await outbox.reload()
  outbox.setFlushing(true)
  await until(isEmpty)

  expect(sent).toEqual(['left over'])
  expect([...shelf.kept.values()].map(({ content }) => content)).toEqual(['by bo'])
})

test('an echo settles a message whose answer was lost', async () => {
  const { office, shelf, seen } = anOffice()
  const outbox = createOutbox(office)
  await outbox.add(says('hi'))

  outbox.settle(seen.entries[0]!.client_id)

  expect(seen.entries).toEqual([])
  expect(shelf.kept.size).toBe(0)
})

test('a full device says so, and the message is still sent', async () => {
  let full = 0
  const { office, sent, until } = anOffice({
    shelf: {
      ...aShelf(),
      put: async () => {
        throw new Error('quota')
      },
    },
    full: () => void full++,
  })
  const outbox = createOutbox(office)

  await outbox.add(says('hi'))
  await until(isEmpty)

  expect([full, sent]).toEqual([1, ['hi']])
})

test('only a refused message can be taken back', async () => {
  const { office, seen } = anOffice()
  const outbox = createOutbox(office)
  await outbox.add(says('hi'))

  expect(await outbox.takeBack(seen.entries[0]!.client_id)).toBeUndefined()
  expect(seen.entries.length).toBe(1)
})

test('C6: whatever fails on the way, each message is stored once and in order', async () => {
  const texts = fc.array(fc.tuple(fc.constantFrom(TEA, COFFEE), fc.nat(2)), { minLength: 1, maxLength: 8 })
  const run = fc.asyncProperty(texts, async (plan) => {
    const stored = new Map<string, { chat: string; at: number }>()
    const failures = new Map<string, number>()
    const { office, until } = anOffice({
      send: async (entry) => {
        const left = failures.get(entry.client_id) ?? plan[Number(entry.content)]?.[1] ?? 0
        failures.set(entry.client_id, left - 1)
        if (left === 2) throw new Refused({ code: 'unavailable', reason: 'busy' }) // not stored
        if (!stored.has(entry.client_id))
          stored.set(entry.client_id, { chat: entry.chat_id, at: Number(entry.content) })
        if (left === 1) throw new Unanswered('no answer') // stored, and the answer lost
        return aMessage(1, { client_id: entry.client_id })
      },
    })
    const outbox = createOutbox(office)
    for (const [at, [chat]] of plan.entries()) await outbox.add(says(String(at), chat))
    outbox.setFlushing(true)
    await until(isEmpty)

    expect(stored.size).toBe(plan.length)
    for (const chat of [TEA, COFFEE]) {
      const order = [...stored.values()].filter((one) => one.chat === chat).map(({ at }) => at)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    }
  })
  const { random } = Math
  Math.random = () => 0
  try {
    await fc.assert(run, { numRuns: 200 })
  } finally {
    Math.random = random
  }
})
