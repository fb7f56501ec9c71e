import { afterEach, expect, spyOn, test } from 'bun:test'
import type { TestSocket } from '../../testing/socket.ts'
import { CAST, startWire, type TestChat, type Wire, type WireOptions } from '../../testing/wire.ts'

let wire: Wire
afterEach(() => wire.stop())
const start = (options?: WireOptions): Wire => {
  wire = startWire(options)
  return wire
}

test('a membership that changed behind 200 others acts before anybody hears of the gap (C8)', async () => {
  const { chat, connect, store, move, bus } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')]

  for (let at = 0; at < 250; at++) store(tea, `${at}`)
  const { rev } = move(tea, 'bo', false)
  move(tea, 'cy', true)
  bus.noticeHead(tea.id, tea.rev)
  await ann.next('resync')

  expect((await bo.next('chat_removed')).data).toEqual({ chat_id: tea.id, rev })
  expect((await cy.next('resync')).data).toEqual({ reason: 'joined' })
  expect(await bo.receivesNothing('resync')).toBe(true)
  await expectHears({ tea, hears: [ann, cy], deaf: [bo] })
})

test('a gap longer than the log reaches asks anew who hears what (C10, C8)', async () => {
  const { chat, connect, store, move, bus } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo] = [await connect('ann'), await connect('bo')]

  move(tea, 'bo', false)
  for (let at = 0; at < 2100; at++) store(tea, `${at}`)
  bus.noticeHead(tea.id, tea.rev)
  await ann.next('resync')

  expect((await bo.next('chat_removed')).data).toEqual({ chat_id: tea.id })
  await expectHears({ tea, hears: [ann], deaf: [bo] })
})

async function expectHears(who: { tea: TestChat; hears: TestSocket[]; deaf: TestSocket[] }): Promise<void> {
  wire.say(who.tea, 'who hears this')
  for (const socket of who.hears) await socket.next('new_message', ({ data }) => data.rev === who.tea.rev)
  for (const socket of who.deaf)
    expect(await socket.receivesNothing('new_message', ({ data }) => data.rev === who.tea.rev)).toBe(true)
}

test('S-12 a removed member hears of the removal and of nothing after it (C8)', async () => {
  const { chat, connect, move, store, bus } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo] = [await connect('ann'), await connect('bo')]

  // All in one tick, as one committed batch is told.
  const gone = move(tea, 'bo', false)
  const after = store(tea, 'he is gone')
  bus.deliver(tea.id, gone.rev, gone.frame)
  bus.deliver(tea.id, after.rev, after.frame)
  await ann.next('new_message')
  await bo.next('member_left')

  expect(await bo.receivesNothing('new_message')).toBe(true)
  expect(bo.frames.some(({ type }) => type === 'new_message')).toBe(false)
})

test('S-12 a removal that was held is told in its place: nothing beyond it reaches the removed (C8)', async () => {
  const { chat, connect, move, store, bus } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo] = [await connect('ann'), await connect('bo')]
  const first = store(tea, 'one')
  const gone = move(tea, 'bo', false)
  const after = store(tea, 'he is gone')

  bus.deliver(tea.id, after.rev, after.frame)
  bus.deliver(tea.id, gone.rev, gone.frame)
  bus.deliver(tea.id, first.rev, first.frame)
  await ann.next('new_message', ({ data }) => data.rev === after.rev)
  await bo.ping()

  expect(bo.frames.map(({ type }) => type)).toEqual(['hello', 'new_message', 'member_left', 'ack'])
})

test('S-12 a removal that nobody announced is in the fill: the removed see nothing of it (C8)', async () => {
  const { chat, connect, move, store, clockwork } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo] = [await connect('ann'), await connect('bo')]
  const { rev } = move(tea, 'bo', false)
  store(tea, 'he is gone')

  await clockwork.sweep.run()
  await ann.next('changes')

  expect((await bo.next('chat_removed')).data).toEqual({ chat_id: tea.id, rev })
  expect(await bo.receivesNothing('changes')).toBe(true)
  expect(bo.frames.some(({ type }) => type === 'changes')).toBe(false)
})

test('who joins hears the chat from their own joining on, also in a chat that nobody here heard', async () => {
  const { chat, connect, move, bus, say } = start()
  const tea = chat('ada')
  say(tea, 'nobody is here')
  const cy = await connect('cy')

  const joined = move(tea, 'cy', true)
  bus.deliver(tea.id, joined.rev, joined.frame)
  say(tea, 'welcome')

  expect((await cy.next('member_joined')).data.rev).toBe(2)
  expect((await cy.next('new_message')).data.rev).toBe(3)
})

test('who came in through a gap is counted with how far they have read', async () => {
  const { chat, connect, move, clockwork, bus } = start()
  const tea = chat('ann')
  await connect('ann')
  const cy = await connect('cy')
  await cy.ping()
  tea.marks.set(CAST.cy, 5)
  const settled = spyOn(bus.reader, 'loadPositions')

  move(tea, 'cy', true)
  await clockwork.sweep.run()
  await cy.next('resync')
  await settled.mock.results[0]?.value

  expect(await cy.ping()).toBe(1 + 5)
})

test('who comes in is counted with how far they have read, also when their coming was held', async () => {
  const { chat, connect, store, move, bus } = start()
  const tea = chat('ann')
  await connect('ann')
  const cy = await connect('cy')
  const first = store(tea, 'one')
  const joined = move(tea, 'cy', true)

  bus.deliver(tea.id, joined.rev, { ...joined.frame, mark: 5 })
  bus.deliver(tea.id, first.rev, first.frame)
  await cy.next('member_joined')

  expect(await cy.ping()).toBe(2 + 5)
})

test('admitted people hear a new chat, and a closed chat is heard by nobody', async () => {
  const { chat, connect, bus, say } = start()
  const [ann, cy] = [await connect('ann'), await connect('cy')]
  const tea = chat('ann', 'bo')
  bus.admit(tea.id, [CAST.ann], tea.rev)
  say(tea, 'hello')
  await ann.next('new_message')

  bus.close(tea.id)
  say(tea, 'is anybody here')

  expect(await ann.receivesNothing('new_message')).toBe(true)
  expect(await cy.receivesNothing('new_message')).toBe(true)
  expect(bus.live.chats.size).toBe(0)
})

test('a chat that was deleted, and nobody said so, is taken away when its log is asked', async () => {
  const { chat, chats, connect, bus } = start()
  const tea = chat('ann', 'bo')
  const [ann, bo] = [await connect('ann'), await connect('bo')]

  chats.delete(tea.id)
  bus.noticeHead(tea.id, tea.rev + 1)

  expect((await ann.next('chat_removed')).data).toEqual({ chat_id: tea.id })
  expect((await bo.next('chat_removed')).data).toEqual({ chat_id: tea.id })
  expect(bus.live.chats.size).toBe(0)
})
