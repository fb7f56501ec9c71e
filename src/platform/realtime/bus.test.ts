import { afterEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Frame } from '../../testing/socket.ts'
import { CAST, startWire, type Wire, type WireOptions } from '../../testing/wire.ts'

let wire: Wire
afterEach(() => wire.stop())
const start = (options?: WireOptions): Wire => {
  wire = startWire(options)
  return wire
}

/** What a client holds that follows the rules of the protocol: its rev, and the revs it saw, in order. */
function replay(frames: readonly Frame[], from: number): { mine: number; seen: number[]; gaps: number } {
  let mine = from
  let gaps = 0
  const seen: number[] = []
  for (const { type, data } of frames) {
    if (type === 'changes') {
      if (data.after > mine) gaps++
      if (data.after > mine || data.rev <= mine) continue
      for (const row of data.messages) if (row.rev > mine) seen.push(row.rev)
      mine = data.rev
    } else if (data?.rev !== undefined && type !== 'hello') {
      if (data.rev > mine + 1) gaps++
      if (data.rev !== mine + 1) continue
      seen.push(data.rev)
      mine = data.rev
    }
  }
  return { mine, seen, gaps }
}

test('events that come in any order are told once and in order (C4)', async () => {
  let reads = 0
  const { chat, connect, store, bus } = start({
    gate: {
      changes: async () => {
        reads++
      },
    },
  })

  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { minLength: 1, maxLength: 14 }), async (keys) => {
      const tea = chat('ann')
      const client = await connect('ann')
      // As many events as keys, told in the order of the keys: some twice, all told at the end.
      const told = keys.map((key, at) => ({ key, ...store(tea, `${at}`) }))
      const order = told.toSorted((a, b) => a.key - b.key)
      for (const { rev, frame } of [...order, ...order.slice(0, 3)]) bus.deliver(tea.id, rev, frame)
      await client.ping()

      const events = client.frames.filter(({ data }) => data?.chat_id === tea.id)
      expect(events.map(({ data }) => data.rev)).toEqual(told.map(({ rev }) => rev))
      client.close()
      await client.closed
      wire.chats.delete(tea.id)
    }),
    { numRuns: 100 },
  )
  expect(reads).toBe(0)
})

test('what nobody announced is filled once from the log, and what was held follows it', async () => {
  let reads = 0
  const { chat, connect, store, bus } = start({
    gate: {
      changes: async () => {
        reads++
      },
    },
  })
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')
  store(tea, 'lost')
  const second = store(tea, 'second')
  const third = store(tea, 'third')

  bus.deliver(tea.id, third.rev, third.frame)
  bus.deliver(tea.id, second.rev, second.frame)
  const filled = await ann.next('changes')
  const fourth = store(tea, 'fourth')
  bus.deliver(tea.id, fourth.rev, fourth.frame)
  await ann.next('new_message')

  expect(filled.data).toMatchObject({ chat_id: tea.id, after: 0, rev: 3 })
  expect(replay(ann.frames, 0)).toEqual({ mine: 4, seen: [1, 2, 3, 4], gaps: 0 })
  expect(reads).toBe(1)
})

test('an event that comes while the log is read is told after what was read', async () => {
  const gate = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const { chat, connect, store, bus } = start({
    gate: {
      changes: () => {
        asked.resolve()
        return gate.promise
      },
    },
  })
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')
  const first = store(tea, 'late')
  const second = store(tea, 'early')
  bus.deliver(tea.id, second.rev, second.frame)
  await asked.promise

  const third = store(tea, 'third')
  bus.deliver(tea.id, third.rev, third.frame)
  bus.deliver(tea.id, first.rev, first.frame)
  gate.resolve()
  await ann.next('new_message')

  expect(replay(ann.frames, 0)).toEqual({ mine: 3, seen: [1, 2, 3], gaps: 0 })
})

test('the sweep tells the tail that was lost (C5)', async () => {
  const { chat, connect, store, clockwork } = start()
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')

  store(tea, 'committed, never announced')
  await clockwork.sweep.run()

  expect((await ann.next('changes')).data).toMatchObject({ after: 0, rev: 1, messages: [{ rev: 1 }] })
})

test('a failed read of the log is tried again', async () => {
  let fails = 1
  const { chat, connect, store, bus } = start({
    gate: {
      changes: async () => {
        if (fails-- > 0) throw new Error('the database is away')
      },
    },
  })
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')

  store(tea, 'lost')
  const second = store(tea, 'second')
  bus.deliver(tea.id, second.rev, second.frame)

  expect((await ann.next('changes')).data.rev).toBe(2)
})

test('chats are filled a few at a time, and one that needs it no more by then is not read', async () => {
  const gate = Promise.withResolvers<void>()
  const full = Promise.withResolvers<void>()
  let reads = 0
  const { chat, connect, store, bus } = start({
    gate: {
      changes: async () => {
        if (++reads === 8) full.resolve()
        await gate.promise
      },
    },
  })
  const chats = Array.from({ length: 20 }, () => chat('ann'))
  const ann = await connect('ann')
  const lost = chats.map((each) => ({ each, ...store(each, 'lost') }))

  for (const { each, rev } of lost) bus.noticeHead(each.id, rev)
  await full.promise
  await ann.ping()
  expect(reads).toBe(8)
  for (const { each, rev, frame } of lost.slice(10)) bus.deliver(each.id, rev, frame)
  gate.resolve()
  await Promise.all(
    chats.slice(0, 10).map(({ id }) => ann.next('changes', ({ data }) => data.chat_id === id)),
  )
  await ann.ping()

  expect(reads).toBe(10)
  expect(ann.frames.filter(({ type }) => type === 'new_message')).toHaveLength(10)
})

test('more than one frame holds is not glued: clients are told to ask (C10)', async () => {
  const { chat, connect, store, bus } = start()
  const tea = chat('ann', 'bo')
  const ann = await connect('ann')

  for (let at = 0; at < 300; at++) store(tea, `${at}`)
  bus.noticeHead(tea.id, tea.rev)
  const resync = await ann.next('resync')
  const next = store(tea, 'next')
  bus.deliver(tea.id, next.rev, next.frame)

  expect(resync.data).toEqual({ chat_id: tea.id, reason: 'missed' })
  expect((await ann.next('new_message')).data.rev).toBe(301)
  expect(ann.frames.some(({ type }) => type === 'changes')).toBe(false)
})

test('nothing is kept of those who went', async () => {
  const { chat, connect, bus } = start()
  chat('ann', 'bo')
  const ann = await connect('ann')
  await ann.ping()

  ann.close()
  await ann.closed
  const bo = await connect('bo')
  await bo.ping()
  bo.close()
  await bo.closed
  const cy = await connect('cy')
  await cy.ping()

  expect([...bus.live.users.keys()]).toEqual([CAST.cy])
  expect(bus.live.chats.size).toBe(0)
})

test('the digest is what the client counts itself, and nothing that it did not hear', async () => {
  const { chat, connect, say, bus } = start()
  const [tea, milk] = [chat('ann', 'bo'), chat('ann')]
  say(tea, 'one')
  tea.marks.set(CAST.ann, 1)
  const ann = await connect('ann')
  say(tea, 'two')
  say(milk, 'one')

  const before = await ann.ping()
  bus.noteMark(CAST.ann, tea.id, 2)
  bus.noteMark(CAST.ann, tea.id, 1)

  expect(before).toBe(2 + 1 + 1)
  expect(await ann.ping()).toBe(2 + 2 + 1)
})
