import { afterEach, expect, test } from 'bun:test'
import { type Held, holdHeads } from '../../testing/held.ts'
import type { TestSocket } from '../../testing/socket.ts'
import { CAST, startWire, type TestChat, type Wire } from '../../testing/wire.ts'

// What the log tells while a user's chats are read: the answer may be older.

let wire: Wire
let held: Held
afterEach(() => wire.stop())

/** Ann hears all of it. */
async function startWithAnn(changes = () => Promise.resolve()): Promise<{ tea: TestChat; ann: TestSocket }> {
  held = holdHeads()
  wire = startWire({ gate: { heads: held.gate, changes } })
  const tea = wire.chat('ann', 'bo')
  for (const read of held.reads.slice(0, 2)) read.resolve()
  return { tea, ann: await wire.connect('ann') }
}

test('S-12 who is removed while the heads are read again is not let in, where others hear the chat (C8)', async () => {
  const { tea, ann } = await startWithAnn()
  held.reads[2]?.resolve()
  const bo = await wire.connect('bo')
  await held.asked(3)

  const gone = wire.move(tea, 'bo', false)
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  held.release()
  await bo.next('member_left')
  await bo.ping()
  wire.say(tea, 'secret')
  await ann.next('new_message')

  expect(await bo.receivesNothing('new_message')).toBe(true)
  expect(bo.frames.some(({ type }) => type === 'new_message')).toBe(false)
})

test('who comes in while the heads are read again stays in, though the answer does not name the chat', async () => {
  const { tea } = await startWithAnn()
  held.reads[2]?.resolve()
  const cy = await wire.connect('cy')
  await held.asked(3)

  const joined = wire.move(tea, 'cy', true)
  wire.bus.deliver(tea.id, joined.rev, joined.frame)
  await cy.next('member_joined')
  held.release()
  await cy.ping()
  wire.say(tea, 'welcome')
  await cy.ping()

  expect(cy.frames.some(({ type }) => type === 'chat_removed')).toBe(false)
  expect((await cy.next('new_message')).data.rev).toBe(2)
})

test('a chat that is deleted while a socket opens is not named in its hello', async () => {
  const { tea } = await startWithAnn()
  const opening = wire.connect('bo')
  await held.asked(2)

  wire.chats.delete(tea.id)
  wire.bus.close(tea.id)
  held.release()
  const bo = await opening

  expect(bo.frames[0]?.data.chats).toEqual([])
  expect(wire.bus.live.users.get(CAST.bo)?.chats).toEqual([])
})

test('S-12 who is removed while what they missed is read is not sent it: the log has told (C8)', async () => {
  const [asked, changes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { tea } = await startWithAnn(() => {
    asked.resolve()
    return changes.promise
  })
  const opening = wire.connect('bo')
  await held.asked(2)
  wire.say(tea, 'in between')
  held.release()
  const bo = await opening
  await asked.promise

  const gone = wire.move(tea, 'bo', false)
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  await bo.next('member_left')
  changes.resolve()

  expect(await bo.receivesNothing('changes')).toBe(true)
})

test('S-12 who is removed before what they missed is read is not sent it: nobody has told yet (C8)', async () => {
  const { tea, ann } = await startWithAnn()
  const opening = wire.connect('bo')
  await held.asked(2)
  wire.say(tea, 'in between')
  held.reads[2]?.resolve()
  const bo = await opening
  await held.asked(3)

  const gone = wire.move(tea, 'bo', false)
  held.release()
  await bo.ping()
  wire.bus.deliver(tea.id, gone.rev, gone.frame)
  await ann.next('member_left')

  expect(await bo.receivesNothing('changes')).toBe(true)
  expect(bo.frames.some(({ type }) => type === 'changes')).toBe(false)
})
