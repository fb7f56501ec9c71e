import { afterEach, expect, test } from 'bun:test'
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
  const syncWith = (freshMs: number) => {
    const { sync } = settleOnSync(SYNC, settling, desk.app.log, freshMs)
    return sync?.run(wire.app, sessionOf('ann')!, {}, { data: socket?.data as Connection } as Socket)
  }
  return { ann, syncWith }
}

test('a read mark that nobody told is read again when a client syncs, and its digest is right', async () => {
  const { ann, syncWith } = await loseMark()
  expect(await ann.ping()).toBe(1)

  await syncWith(0)

  expect((await ann.next('message_read')).data).toMatchObject({ user_id: CAST.ann, seq: 1 })
  expect(await ann.ping()).toBe(2)
})

test('a resume, which has just been settled, costs no second question', async () => {
  const { ann, syncWith } = await loseMark()

  await syncWith(10_000)

  expect(await ann.ping()).toBe(1)
})
