import { afterEach, expect, test } from 'bun:test'
import { CAST, startWire, type Wire } from '../../testing/wire.ts'

// What a fresh socket's heads name that nobody told: the other sockets of its user hear the topics from then on too.

let wire: Wire
afterEach(() => wire.stop())

/** Ann's desk, which has settled, on a node whose own timers are off. */
async function startWithDesk() {
  wire = startWire()
  wire.clockwork.stop()
  const tea = wire.chat('ann', 'bo')
  wire.say(tea, 'hello')
  const desk = await wire.connect('ann')
  await desk.ping()
  return { tea, desk }
}

test('a chat that a further socket brings along is told to those that were there before it (F05)', async () => {
  const { desk } = await startWithDesk()
  const pair = wire.chat('ann')
  wire.store(pair, 'a first word whose node stands still')

  const phone = await wire.connect('ann')
  await phone.ping()

  expect((await desk.next('resync')).data).toEqual({ reason: 'joined' })
  expect(phone.frames.filter(({ type }) => type === 'resync')).toEqual([])
})

test('a read mark that a further socket brings along is told to those that were there before it', async () => {
  const { tea, desk } = await startWithDesk()
  tea.marks.set(CAST.ann, 1)

  const phone = await wire.connect('ann')
  await phone.ping()

  expect((await desk.next('message_read')).data).toEqual({ chat_id: tea.id, user_id: CAST.ann, seq: 1 })
  expect(phone.frames.filter(({ type }) => type === 'message_read')).toEqual([])
})

test('a further socket that brings nothing new along is not heard of', async () => {
  const { desk } = await startWithDesk()

  const phone = await wire.connect('ann')
  await phone.ping()

  expect(await desk.receivesNothing('resync')).toBe(true)
  expect(await desk.receivesNothing('message_read')).toBe(true)
})
