import { afterEach, expect, test } from 'bun:test'
import { CAST, type Person, startWire, type Wire } from '../../testing/wire.ts'
import type { Id } from '../ids.ts'
import { createRechecks } from './recheck.ts'
import { createMemoryRelays } from './relay.memory.ts'

// How much is asked of the database, and of whom.

let wire: Wire
afterEach(() => wire.stop())

/** A node whose own timers are off, what it asks, and what the others hear of it. */
function start(heads?: () => Promise<void>) {
  const asked: (readonly Id<'session'>[])[] = []
  const heard: string[] = []
  const relays = createMemoryRelays()
  relays.join().listen((packet) => void heard.push(packet))
  wire = startWire({
    relay: relays.join(),
    gate: heads === undefined ? {} : { heads },
    deps: {
      sessionsAlive: async (ids) => {
        asked.push(ids)
        return new Set(ids)
      },
    },
  })
  wire.clockwork.stop()
  return { asked, heard, rechecks: createRechecks(wire.realtime) }
}

const change = (person: Person, changed_at: number) => ({ id: CAST[person], changed_at })

test('a change that the sweep brings again is acted on once, a further one of the same person again', async () => {
  const { asked, rechecks } = start()
  for (const person of ['ann', 'bo'] as const) await wire.connect(person)

  rechecks.checkChanged([change('ann', 1)])
  rechecks.checkChanged([change('ann', 1), change('bo', 2)])
  rechecks.checkChanged([change('ann', 3), change('bo', 2)])

  expect(asked).toEqual([['s-ann'], ['s-bo'], ['s-ann']] as never)
})

test('thousands of sockets are asked about in parts', async () => {
  const { asked, rechecks } = start()
  const ann = await wire.connect('ann')
  const [socket] = [...wire.realtime.sockets]
  if (socket === undefined) throw new Error('nobody is here')
  socket.data.user.sockets = Array.from({ length: 1200 }, (_, at) => {
    const session = { ...socket.data.session, id: `s${at}` as Id<'session'> }
    return { ...socket, data: { ...socket.data, session }, close: () => {} } as typeof socket
  })

  rechecks.check([CAST.ann])
  await ann.ping()

  expect(asked.map((ids) => ids.length)).toEqual([500, 500, 200])
})

test('a socket that opened while its sessions changed is looked at alone, and by its own node', async () => {
  const [knocked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isHeld = false
  const { asked, heard } = start(async () => {
    if (!isHeld) return
    knocked.resolve()
    await gate.promise
  })
  const laptop = await wire.connect('ann', { authorization: 'Bearer ann.laptop' })

  isHeld = true
  const opening = wire.connect('ann', { authorization: 'Bearer ann.phone' })
  await knocked.promise
  wire.realtime.rechecked.set(CAST.ann, performance.now())
  gate.resolve()
  for (const socket of [await opening, laptop]) await socket.ping()

  expect(asked).toEqual([['phone']] as never)
  expect(heard.filter((packet) => packet.startsWith('s '))).toEqual([])
})
