import { afterEach, expect, test } from 'bun:test'
import { CAST, startWire, type TestChat, type Wire } from '../../testing/wire.ts'
import { createPartitionWatch } from './partition.ts'
import { createMemoryRelays } from './relay.memory.ts'
import { createSettleRound } from './settleRound.ts'
import type { RealtimeDeps } from './socket.ts'

// What two nodes tell each other of one log, and what either finds by itself when it was not told.

const wires: Wire[] = []
afterEach(async () => {
  await Promise.all(wires.splice(0).map((wire) => wire.stop()))
})

function startTwo(deps: Partial<RealtimeDeps> = {}): [Wire, Wire] {
  const relays = createMemoryRelays()
  const one = startWire({ relay: relays.join(), deps })
  const other = startWire({ relay: relays.join(), deps, chats: one.chats })
  wires.push(one, other)
  return [one, other]
}

/** The next message of the chat, told by this node. */
const tell = (wire: Wire, chat: TestChat, { rev, frame }: ReturnType<Wire['store']>): void =>
  wire.bus.deliver(chat.id, rev, frame)

test('revs of two nodes that arrive in the wrong order are held and told in order, once', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann', 'bo')
  const [ann, bo] = [await one.connect('ann'), await other.connect('bo')]
  const [first, second, third] = ['a', 'b', 'c'].map((text) => one.store(tea, text)) as [
    ReturnType<Wire['store']>,
    ReturnType<Wire['store']>,
    ReturnType<Wire['store']>,
  ]

  tell(other, tea, third)
  tell(one, tea, second)
  tell(other, tea, first)
  await Promise.all([
    ann.next('new_message', ({ data }) => data.rev === 3),
    bo.next('new_message', ({ data }) => data.rev === 3),
  ])

  for (const socket of [ann, bo])
    expect(socket.frames.filter(({ type }) => type !== 'hello').map(({ data }) => data.rev)).toEqual([
      1, 2, 3,
    ])
})

test('a rev that no node told is filled once on each, and told as changes', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann', 'bo')
  const [ann, bo] = [await one.connect('ann'), await other.connect('bo')]

  one.store(tea, 'committed by a node that died')
  tell(other, tea, one.store(tea, 'after it'))
  await Promise.all([ann.next('changes'), bo.next('changes')])

  for (const socket of [ann, bo])
    expect(socket.frames.filter(({ type }) => type === 'changes').map(({ data }) => data)).toMatchObject([
      { chat_id: tea.id, after: 0, rev: 2 },
    ])
})

test('who is removed by one node hears nothing after it on another (C8)', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann', 'bo')
  const [ann, bo] = [await one.connect('ann'), await other.connect('bo')]

  const left = one.move(tea, 'bo', false)
  const after = one.store(tea, 'not for bo')
  tell(one, tea, after)
  one.bus.deliver(tea.id, left.rev, left.frame)
  await ann.next('new_message')
  await bo.next('member_left')

  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('who was added, and nobody said so, hears of it by the sweep', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann')
  const bo = await other.connect('bo')

  one.move(tea, 'bo', true)
  await other.clockwork.sweep.run()
  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
  tell(one, tea, one.store(tea, 'hello'))

  expect((await bo.next('new_message')).data).toMatchObject({ chat_id: tea.id, rev: 2 })
})

test('a chat that lost its last moments begins anew where the database ends (F16, C10)', async () => {
  const [one] = startTwo()
  const tea = one.chat('ann')
  const ann = await one.connect('ann')
  for (const text of ['a', 'b', 'c']) tell(one, tea, one.store(tea, text))
  await ann.next('new_message', ({ data }) => data.rev === 3)

  tea.rows.splice(1)
  tea.rev = 1
  await one.clockwork.sweep.run()
  // One look may be older than what was told meanwhile: the next one is not.
  await one.clockwork.sweep.run()
  expect((await ann.next('resync')).data).toMatchObject({ chat_id: tea.id })
  tell(one, tea, one.store(tea, 'written after'))

  expect((await ann.next('new_message', ({ data }) => data.text === 'written after')).data.rev).toBe(2)
})

test('the own mark that another node moved is in the digest here', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann')
  const [desk, phone] = [await one.connect('ann'), await other.connect('ann')]
  tell(one, tea, one.store(tea, 'a'))
  await phone.next('new_message')

  one.bus.noteMark(CAST.ann, tea.id, 1)

  expect(await desk.ping()).toBe(2)
  expect(await phone.ping()).toBe(2)
})

test('whose mark moved without a word is told so by the round', async () => {
  const [one] = startTwo()
  const tea = one.chat('ann')
  const ann = await one.connect('ann')
  tell(one, tea, one.store(tea, 'a'))

  tea.marks.set(CAST.ann, 1)
  await createSettleRound(one.realtime)(600_000)

  expect((await ann.next('message_read')).data).toEqual({ chat_id: tea.id, user_id: CAST.ann, seq: 1 })
})

test('a chat that was deleted by one node is heard no more on another', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann', 'bo')
  const bo = await other.connect('bo')

  one.bus.close(tea.id)
  tell(one, tea, one.store(tea, 'into the void'))

  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('packets of a newer node are passed over', async () => {
  const relays = createMemoryRelays()
  const newer = relays.join()
  newer.listen(() => {})
  const one = startWire({ relay: relays.join() })
  wires.push(one)
  const tea = one.chat('ann')
  const ann = await one.connect('ann')

  for (const packet of ['', 'z', 'q x y z', 'd', 'm a b c', `d ${tea.id} ?`]) newer.send(tea.id, packet)
  tell(one, tea, one.store(tea, 'still here'))

  expect((await ann.next('new_message')).data.rev).toBe(1)
})

test('a node that has lost both the database and the others sends its people away, once; for one of the two nobody goes (C18)', async () => {
  const relay = { ...createMemoryRelays().join(), isHealthy: false }
  const one = startWire({ relay })
  wires.push(one)
  const [ann, bo] = [await one.connect('ann'), await one.connect('bo')]
  const database = { isFresh: true }
  const sweep = { ...one.clockwork.sweep, isFresh: () => database.isFresh }
  const look = createPartitionWatch(one.realtime, sweep)

  look()
  expect(await ann.ping()).toBe(0)
  database.isFresh = false
  look()
  look()

  expect(await Promise.all([ann.closed, bo.closed])).toEqual([1012, 1012])
  expect(bo.frames.filter(({ type }) => type === 'going_away')).toHaveLength(1)
})

test('an admission that comes after the removal opens nothing (C8, F05)', async () => {
  const [one, other] = startTwo()
  const tea = one.chat('ann', 'bo')
  const [ann, bo] = [await other.connect('ann'), await other.connect('bo')]
  const left = one.move(tea, 'bo', false)
  one.bus.deliver(tea.id, left.rev, left.frame)
  await bo.next('member_left')

  // A node that slept between its commit and its word.
  one.bus.admit(tea.id, [CAST.bo], 0)
  tell(one, tea, one.store(tea, 'not for bo'))
  await ann.next('new_message')

  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('a new chat that nobody told of is found for each member, also where another hears it already', async () => {
  const [one, other] = startTwo()
  const bo = await other.connect('bo')
  const tea = one.chat('ann', 'bo')
  tea.isYoung = true
  // Her hello named it; his came before there was anything to name.
  const ann = await other.connect('ann')

  await other.clockwork.sweep.run()
  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
  tell(one, tea, one.store(tea, 'hello'))

  await Promise.all([ann.next('new_message'), bo.next('new_message')])
})

test('the other side of a direct chat is found by its first word, though the chat was looked at before', async () => {
  const [one, other] = startTwo()
  for (const { clockwork } of [one, other]) clockwork.stop()
  const pair = one.chat('ann')
  pair.isYoung = true
  const [, bo] = [await other.connect('ann'), await other.connect('bo')]
  await other.clockwork.sweep.run()

  // In it from the beginning, and named it only now.
  pair.members.set(CAST.bo, { rev: 0, left_at: null })
  one.store(pair, 'the first word')
  await other.clockwork.sweep.run()

  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
})

test('what became visible after every sweep had passed is told once it is asked for again, on each node', async () => {
  const [one, other] = startTwo({ changedChats: async () => [] })
  // Nor does a round find it.
  for (const { clockwork } of [one, other]) clockwork.stop()
  const tea = one.chat('ann', 'bo')
  const [ann, bo, cy] = [await one.connect('ann'), await other.connect('bo'), await other.connect('cy')]
  one.store(tea, 'its commit waited for a standby')
  const lunch = one.chat('cy')

  for (const { id } of [tea, lunch]) one.bus.lookAt(id)
  await bo.ping()
  for (const { clockwork } of [one, other]) await clockwork.sweep.run()

  for (const socket of [ann, bo]) expect((await socket.next('changes')).data).toMatchObject({ rev: 1 })
  expect((await cy.next('resync')).data).toEqual({ reason: 'joined' })
})

test('who was added hears of it though the question who is in the chat failed at first', async () => {
  let fails = 1
  const [one] = startTwo()
  const other = startWire({
    chats: one.chats,
    deps: {
      membersOf: async (...asked) => {
        if (fails-- > 0) throw new Error('the database is away')
        return one.realtime.deps.membersOf(...asked)
      },
    },
  })
  wires.push(other)
  other.clockwork.stop()
  const tea = one.chat('ann')
  const bo = await other.connect('bo')
  one.move(tea, 'bo', true)

  await other.clockwork.sweep.run()
  await other.clockwork.sweep.run()

  expect((await bo.next('resync')).data).toEqual({ reason: 'joined' })
})
