import { afterEach, expect, test } from 'bun:test'
import { CAST, startWire, type TestChat, type Wire } from '../../testing/wire.ts'

// The database has less than was told: a standby took over that lacked the last moments (F16).

let wire: Wire
afterEach(() => wire.stop())

/** A node whose reads of positions are held while there is a gate, and counted. */
function start() {
  const reads = { positions: 0, gate: Promise.resolve() }
  wire = startWire()
  wire.clockwork.stop()
  const { reader } = wire.bus
  const load = reader.loadPositions
  reader.loadPositions = async (userId) => {
    reads.positions++
    await reads.gate
    return load(userId)
  }
  return reads
}

/** Three messages were told of it; the database keeps the first. */
function lose(chat: TestChat): void {
  chat.rows.splice(1)
  chat.rev = 1
}

const say3 = (chat: TestChat): void => {
  for (const text of ['a', 'b', 'c']) wire.say(chat, text)
}

test('a rewind that takes longer than two looks ends, and is told once (C10)', async () => {
  const reads = start()
  const tea = wire.chat('ann')
  const ann = await wire.connect('ann')
  await ann.ping()
  say3(tea)
  await ann.next('new_message', ({ data }) => data.rev === 3)
  const settling = Promise.withResolvers<void>()
  reads.gate = settling.promise

  lose(tea)
  for (let look = 0; look < 6; look++) await wire.clockwork.sweep.run()
  settling.resolve()
  await ann.next('resync')
  await ann.ping()
  wire.say(tea, 'written after')

  expect((await ann.next('new_message', ({ data }) => data.text === 'written after')).data.rev).toBe(2)
  expect(ann.frames.filter(({ type }) => type === 'resync')).toHaveLength(1)
})

test('chats that begin anew together ask once for everybody here, and hold up no other chat', async () => {
  const reads = start()
  const lost = Array.from({ length: 20 }, () => wire.chat('ann'))
  const well = wire.chat('ann')
  const ann = await wire.connect('ann')
  await ann.ping()
  for (const chat of lost) say3(chat)
  const settling = Promise.withResolvers<void>()
  reads.positions = 0
  reads.gate = settling.promise

  for (const chat of lost) {
    lose(chat)
    wire.bus.noticeLoss(chat.id)
  }
  wire.store(well, 'nobody told')
  wire.bus.noticeHead(well.id, well.rev)
  expect((await ann.next('changes')).data).toMatchObject({ chat_id: well.id, rev: 1 })
  settling.resolve()
  await Promise.all(lost.map(({ id }) => ann.next('resync', ({ data }) => data.chat_id === id)))

  // The first of them, and all that came while it was asking.
  expect(reads.positions).toBeLessThanOrEqual(2)
  expect(wire.bus.live.users.get(CAST.ann)?.chats).toHaveLength(21)
})
