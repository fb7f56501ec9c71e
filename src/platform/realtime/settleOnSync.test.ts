import { afterEach, expect, spyOn, test } from 'bun:test'
import { z } from 'zod'
import { CAST, sessionOf, startWire, type Wire } from '../../testing/wire.ts'
import type { Connection, Socket } from './connection.ts'
import { frame } from './frames.ts'
import { settleOnSync } from './settleOnSync.ts'

let wire: Wire
afterEach(() => wire.stop())

const SYNC = { sync: frame(z.strictObject({}), () => ({})) }

/** Ann has read a message, and her node was not told so. */
async function loseMark() {
  wire = startWire()
  const tea = wire.chat('ann', 'bo')
  const ann = await wire.connect('ann')
  wire.say(tea, 'hello')
  await ann.next('new_message')
  tea.marks.set(CAST.ann, 1)
  const { settling, desk } = wire.realtime
  const [socket] = wire.realtime.sockets
  const syncingWith = (freshMs: number) => {
    const { sync } = settleOnSync(SYNC, settling, desk.app.log, freshMs)
    return () => sync?.run(wire.app, sessionOf('ann')!, {}, { data: socket?.data as Connection } as Socket)
  }
  return { ann, syncingWith }
}

test('a read mark that nobody told is read again when a client syncs, and its digest is right', async () => {
  const { ann, syncingWith } = await loseMark()
  expect(await ann.ping()).toBe(1)

  await syncingWith(0)()

  expect((await ann.next('message_read')).data).toMatchObject({ user_id: CAST.ann, seq: 1 })
  expect(await ann.ping()).toBe(2)
})

test('a resume, which has just been settled, costs no second question', async () => {
  const { ann, syncingWith } = await loseMark()

  await syncingWith(10_000)()

  expect(await ann.ping()).toBe(1)
})

test('a client that syncs again and again has its marks read all the same', async () => {
  const { ann, syncingWith } = await loseMark()
  const sync = syncingWith(10_000)
  await atTimes([0, 6000, 12_000], sync)

  expect(await ann.ping()).toBe(2)
})

test('the first sync of a connection that has stood for a while says that its digest differed', async () => {
  const { ann, syncingWith } = await loseMark()

  await atTimes([12_000], syncingWith(10_000))

  expect(await ann.ping()).toBe(2)
})

/** So long after now, one after another. */
async function atTimes(times: number[], run: () => unknown): Promise<void> {
  const now = performance.now()
  const clock = spyOn(performance, 'now')
  for (const at of times) {
    clock.mockReturnValue(now + at)
    await run()
  }
  clock.mockRestore()
}
