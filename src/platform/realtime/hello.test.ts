import { afterEach, expect, spyOn, test } from 'bun:test'
import { type Held, holdHeads } from '../../testing/held.ts'
import { startWire, type Wire } from '../../testing/wire.ts'

let wire: Wire
afterEach(() => wire.stop())

function startHeld(): Held {
  const held = holdHeads()
  wire = startWire({ gate: { heads: held.gate } })
  return held
}

test('what is told between the heads and the hello comes as changes: in a chat that nobody heard', async () => {
  const { asked, release } = startHeld()
  const tea = wire.chat('ann', 'bo')
  const opening = wire.connect('ann')
  await asked(0)

  wire.say(tea, 'in between')
  release()
  const ann = await opening

  expect(ann.frames[0]?.data.chats).toMatchObject([{ rev: 0 }])
  expect((await ann.next('changes')).data).toMatchObject({ chat_id: tea.id, after: 0, rev: 1 })
})

test('what is told between the heads and the hello comes as changes: in a chat that others hear', async () => {
  const { reads, asked, release } = startHeld()
  const tea = wire.chat('ann', 'bo')
  reads[0]?.resolve()
  reads[1]?.resolve()
  const bo = await wire.connect('bo')
  const opening = wire.connect('ann')
  await asked(2)

  wire.say(tea, 'in between')
  await bo.next('new_message')
  release()
  const ann = await opening

  expect((await ann.next('changes')).data).toMatchObject({ chat_id: tea.id, after: 0, rev: 1 })
  expect(await bo.receivesNothing('changes')).toBe(true)
})

test('S-12 who is removed while the socket opens hears nothing of the chat (C8)', async () => {
  const { asked, release } = startHeld()
  const tea = wire.chat('ann', 'bo')
  const opening = wire.connect('bo')
  await asked(0)

  const gone = wire.move(tea, 'bo', false)
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  release()
  const bo = await opening
  wire.say(tea, 'secret')

  expect(bo.frames[0]?.data.chats).toEqual([])
  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('S-12 who is removed while the heads are read again is not let in by the older answer (C8)', async () => {
  const { reads, asked, release } = startHeld()
  const tea = wire.chat('ann', 'bo')
  reads[0]?.resolve()
  const bo = await wire.connect('bo')
  await asked(1)

  const gone = wire.move(tea, 'bo', false)
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  release()
  await bo.next('member_left')
  await bo.ping()
  wire.say(tea, 'secret')

  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('S-12 a removal that nobody announced is found when the heads are read again', async () => {
  const { asked, release } = startHeld()
  const tea = wire.chat('ann', 'bo')
  const opening = wire.connect('bo')
  await asked(0)

  wire.move(tea, 'bo', false)
  release()
  const bo = await opening

  expect((await bo.next('chat_removed')).data).toEqual({ chat_id: tea.id })
  wire.say(tea, 'secret')
  expect(await bo.receivesNothing('new_message')).toBe(true)
})

test('who joins while the socket opens is told to ask, and hears the chat', async () => {
  const { asked, release } = startHeld()
  const tea = wire.chat('ann')
  const opening = wire.connect('cy')
  await asked(0)

  const joined = wire.move(tea, 'cy', true)
  wire.bus.deliver(tea.id, joined.rev, joined.frame)
  release()
  const cy = await opening

  expect((await cy.next('resync')).data).toEqual({ reason: 'joined' })
  wire.say(tea, 'welcome')
  expect((await cy.next('new_message')).data.rev).toBe(2)
})

test('who joined unheard while the socket opened is told to ask, and hears the chat', async () => {
  const { asked, release } = startHeld()
  const tea = wire.chat('ann')
  const opening = wire.connect('cy')
  await asked(0)

  wire.move(tea, 'cy', true)
  release()
  const cy = await opening

  expect((await cy.next('resync')).data).toEqual({ reason: 'joined' })
  wire.say(tea, 'welcome')
  expect((await cy.next('new_message')).data.rev).toBe(2)
})

test('a socket whose heads can not be read again is asked to come again', async () => {
  let reads = 0
  wire = startWire({
    gate: {
      heads: async () => {
        if (++reads === 2) throw new Error('the database is away')
      },
    },
  })

  const ann = await wire.connect('ann')

  expect(await ann.closed).toBe(1013)
  expect((await wire.connect('ann')).frames[0]?.type).toBe('hello')
})

test('what is unread is counted once for a socket: after its hello nothing needs counts (C12)', async () => {
  wire = startWire()
  wire.chat('ann', 'bo')
  const heads = spyOn(wire.bus.reader, 'loadHeads')
  const positions = spyOn(wire.bus.reader, 'loadPositions')

  await wire.connect('ann')

  expect(heads).toHaveBeenCalledTimes(1)
  expect(positions).toHaveBeenCalledTimes(1)
})
