import { afterEach, expect, test } from 'bun:test'
import { CAST, startWire, type Wire } from '../../testing/wire.ts'
import type { Id } from '../ids.ts'
import type { RealtimeDeps } from './socket.ts'

// What a look at the database costs, and what holds it up.

let wire: Wire
afterEach(() => wire.stop())

const asked: string[] = []
let isAway = false

/** A node whose own timers are off, and what it asks. */
function start(deps: Partial<RealtimeDeps> = {}): Wire {
  asked.length = 0
  isAway = false
  wire = startWire({ deps })
  wire.clockwork.stop()
  const own = { ...wire.realtime.deps }
  Object.assign(wire.realtime.deps, {
    changedUsers: async () => {
      asked.push('users')
      return []
    },
    changedChats: async (since: number) => {
      asked.push('chats')
      return own.changedChats(since)
    },
    headsOf: async (ids: Id<'chat'>[]) => {
      asked.push('heads')
      if (isAway) throw new Error('the database is away')
      return own.headsOf(ids)
    },
    membersOf: async (ids: Id<'chat'>[], among: Id<'user'>[] | null) => {
      asked.push(`members among ${among?.length ?? 'all'}`)
      return own.membersOf(ids, among)
    },
  })
  return wire
}

const look = (): Promise<void> => wire.clockwork.sweep.run()

test('whose sessions ended is asked before anything about chats, and all the same when that fails', async () => {
  start()
  const rechecked: (readonly object[])[] = []
  wire.realtime.deps.changedUsers = async () => [{ id: CAST.bo, changed_at: 1 }]
  wire.realtime.deps.forgetSessions = (users) => void rechecked.push(users as never)
  wire.realtime.deps.changedChats = async () => {
    throw new Error('the database is away')
  }

  await look()

  expect(rechecked).toEqual([[CAST.bo]] as never)
})

test('a chat that is asked for again and again costs its head, once its members were looked for', async () => {
  start()
  const tea = wire.chat('ann', 'bo', 'cy')
  const ann = await wire.connect('ann')
  await ann.ping()

  for (let again = 0; again < 3; again++) {
    for (let repeat = 0; repeat < 5; repeat++) wire.bus.lookAt(tea.id)
    wire.say(tea, 'its rev moves')
    await look()
  }

  expect(asked.filter((each) => each.startsWith('members'))).toEqual(['members among 1'])
  expect(asked.filter((each) => each === 'heads')).toHaveLength(3)
})

test('a direct chat is looked at each time: its other side hears of it by its first word alone', async () => {
  start({ changedChats: async () => [] })
  const pair = wire.chat('ann')
  const [, bo] = [await wire.connect('ann'), await wire.connect('bo')]
  wire.bus.lookAt(pair.id)
  await look()

  pair.members.set(CAST.bo, { rev: 0, left_at: null })
  wire.store(pair, 'the first word')
  wire.bus.lookAt(pair.id)
  await look()

  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
})

test('who was asked for and could not be looked at is looked at next time, and the look was good', async () => {
  start({ changedChats: async () => [] })
  const tea = wire.chat('ann')
  const bo = await wire.connect('bo')
  wire.move(tea, 'bo', true)
  wire.bus.lookAt(tea.id)

  isAway = true
  await look()
  expect(wire.clockwork.sweep.isFresh()).toBe(true)
  expect(wire.app.metrics.sweep.failed).toBe(0)
  isAway = false
  await look()

  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
})

test('members are asked for among those who are here, where these are fewer', async () => {
  start({ changedChats: async () => [] })
  const [big, small] = [wire.chat('bo', 'cy', 'ada'), wire.chat('bo')]
  const ann = await wire.connect('ann')
  await ann.ping()

  for (const { id } of [big, small]) {
    wire.bus.lookAt(id)
    await look()
  }

  expect(asked.filter((each) => each.startsWith('members'))).toEqual(['members among 1', 'members among all'])
})
