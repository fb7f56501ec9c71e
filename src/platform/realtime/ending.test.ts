import { afterEach, expect, test } from 'bun:test'
import { connect as connectTcp } from 'node:net'
import { z } from 'zod'
import { CAST, startWire, type Wire, type WireOptions } from '../../testing/wire.ts'
import { refuse } from '../errors.ts'
import type { Socket } from './connection.ts'
import { drain } from './drain.ts'
import { noteLimited } from './flood.ts'
import { frame } from './frames.ts'
import { reap } from './reaper.ts'
import { createRechecks } from './recheck.ts'

let wire: Wire
afterEach(() => wire.stop())
const start = (options?: WireOptions): Wire => {
  wire = startWire(options)
  return wire
}
const onlySocket = (): Socket => [...wire.realtime.sockets][0] as Socket

test('S-04 when a session ends its open sockets are closed with 4401, those of another session stay', async () => {
  const { connect, ended, bus } = start()
  const phone = await connect('ann', { authorization: 'Bearer ann.phone' })
  const laptop = await connect('ann', { authorization: 'Bearer ann.laptop' })

  ended.add('phone')
  bus.recheck(CAST.ann)

  expect(await phone.closed).toBe(4401)
  expect(await laptop.ping()).toBe(0)
})

test('S-04 an end of which nobody told is found by the sweep', async () => {
  const changes = [{ id: CAST.ann, changed_at: 1 }]
  const { connect, ended, clockwork } = start({ deps: { changedUsers: async () => changes } })
  const ann = await connect('ann')

  ended.add('s-ann')
  await clockwork.sweep.run()

  expect(await ann.closed).toBe(4401)
})

test('S-04 a session that ends while its socket opens closes the socket', async () => {
  const asked = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const { connect, ended, bus, clockwork } = start({
    gate: {
      heads: () => {
        asked.resolve()
        return gate.promise
      },
    },
  })
  clockwork.stop() // which would look at every socket in its time
  const opening = connect('ann')
  await asked.promise

  ended.add('s-ann')
  bus.recheck(CAST.ann)
  gate.resolve()
  const ann = await opening.catch((error: Error) => error.message)

  expect(typeof ann === 'string' ? ann : await ann.closed).toBeOneOf([4401, 'closed 4401'])
})

test('S-04 a check that the database did not answer is made again', async () => {
  let isAway = true
  const { connect, realtime, clockwork } = start({
    deps: {
      sessionsAlive: async () => {
        if (isAway) throw new Error('the database is away')
        return new Set()
      },
    },
  })
  clockwork.stop()
  const rechecks = createRechecks(realtime)
  const ann = await connect('ann')

  rechecks.check([CAST.ann])
  expect(await ann.ping()).toBe(0)
  isAway = false
  rechecks.round(0)

  expect(await ann.closed).toBe(4401)
})

test('S-04 every socket is looked at in its time, whatever news was lost', async () => {
  const forgotten: string[] = []
  const { connect, realtime, clockwork, ended } = start({
    deps: { forgetSessions: (userIds) => void forgotten.push(...userIds) },
  })
  clockwork.stop()
  const rechecks = createRechecks(realtime)
  const [ann, bo] = [await connect('ann'), await connect('bo')]

  ended.add('s-ann')
  rechecks.round(10 * 60_000)

  expect(await ann.closed).toBe(4401)
  expect(await bo.ping()).toBe(0)
  expect(forgotten).toEqual([CAST.ann])
})

test('a node whose sweep fails for 5 s says that nothing cached may be trusted', async () => {
  let isAway = false
  const { clockwork } = start({
    deps: {
      changedChats: async () => {
        if (isAway) throw new Error('the database is away')
        return []
      },
    },
  })
  await clockwork.sweep.run()
  expect(clockwork.sweep.isFresh(performance.now() + 4000)).toBe(true)

  isAway = true
  await clockwork.sweep.run()

  expect(clockwork.sweep.isFresh(performance.now() + 6000)).toBe(false)
})

test('a peer that is silent for 60 s is cut, one that answers pings lives', async () => {
  const { connect, realtime } = start()
  const ann = await connect('ann')
  const heardAt = onlySocket().data.heardAt

  reap(realtime.sockets, heardAt + 59_000, 0)
  await ann.ping()
  reap(realtime.sockets, onlySocket().data.heardAt + 59_000, 0)
  expect(await ann.ping()).toBe(0)
  reap(realtime.sockets, onlySocket().data.heardAt + 61_000, 0)

  expect(await ann.closed).toBe(1006)
})

test('the server pings every 25 s, and the pong counts as life', async () => {
  const { connect, realtime } = start()
  await connect('ann')
  const socket = onlySocket()
  const bo = await connect('bo')
  const before = performance.now() - 20_000
  socket.data.heardAt = before

  reap(realtime.sockets, performance.now() + 25_000, 0)
  // Ann's client only answers pings: bo's turns give it the time to.
  for (let turn = 0; turn < 100 && socket.data.heardAt === before; turn++) await bo.ping()

  expect(socket.data.heardAt).toBeGreaterThan(before)
})

test('a node that stood still does not take its own silence for theirs', async () => {
  const { connect, realtime } = start()
  const ann = await connect('ann')

  reap(realtime.sockets, performance.now() + 90_000, 90_000)

  expect(await ann.ping()).toBe(0)
})

/** A client that shakes hands and never reads again. */
async function connectDeaf(person: string): Promise<{ closed: Promise<void> }> {
  const tcp = connectTcp(Number(new URL(wire.url).port), '127.0.0.1')
  const closed = new Promise<void>((resolve) => tcp.on('close', () => resolve()))
  tcp.on('error', () => {})
  tcp.write(
    `GET /ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${person}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  await new Promise<void>((resolve) => tcp.once('data', () => resolve()))
  tcp.pause()
  return { closed }
}

test('who is more than 1 MB behind is cut, others hear everything (C11)', async () => {
  const { chat, connect, say, realtime } = start()
  const tea = chat('ann', 'bo')
  await connectDeaf('bo')
  const ann = await connect('ann')

  const text = 'x'.repeat(60_000)
  for (let at = 0; at < 150; at++) {
    say(tea, text)
    if (at % 10 === 9) await ann.ping()
  }
  await ann.ping()

  expect(ann.frames.filter(({ type }) => type === 'new_message')).toHaveLength(150)
  expect(realtime.sockets.size).toBe(1)
})

test('who takes nothing for 10 s is cut, though little is unsent (C11)', async () => {
  const { chat, connect, say, realtime } = start()
  const tea = chat('bo')
  await connectDeaf('bo')
  const socket = onlySocket()
  const ann = await connect('ann')
  for (let at = 0; at < 400 && socket.getBufferedAmount() === 0; at++) {
    say(tea, 'x'.repeat(30_000))
    await ann.ping()
  }
  expect(socket.getBufferedAmount()).toBeGreaterThan(0)

  const now = performance.now()
  reap(realtime.sockets, now, 0)
  reap(realtime.sockets, now + 9000, 0)
  expect(socket.data.isCut).toBe(false)
  reap(realtime.sockets, now + 10_000, 0)
  reap(realtime.sockets, now + 12_500, 0)
  await ann.ping()

  expect([...realtime.sockets]).not.toContain(socket)
})

test('who goes on for 10 s against rate_limited is cut with 4429, who pauses is not', async () => {
  const { connect } = start({
    frames: { limit: frame(z.strictObject({}), () => refuse('rate_limited', 'too_fast')) },
  })
  const ann = await connect('ann')
  const socket = onlySocket()
  // Whole, or 10 s after it may be a hair less than 10 s.
  const at = Math.ceil(performance.now())

  for (let after = 0; after < 30_000; after += 2500) noteLimited(socket, at + after)
  expect(await ann.ping()).toBe(0)
  for (let after = 100_000; after <= 110_000; after += 1000) noteLimited(socket, at + after)

  expect(await ann.closed).toBe(4429)
})

test('S-46 whatever the frames are, a flood of them is refused and then cut', async () => {
  const { connect } = start()
  const ann = await connect('ann')

  for (let at = 0; at < 600; at++) ann.send({ type: 'ping', ref: at })
  const limited = await ann.next('error')
  onlySocket().data.floodSince -= 10_000
  ann.send({ type: 'ping' })

  expect(limited).toMatchObject({ ref: 500, error: { code: 'rate_limited' } })
  expect(await ann.closed).toBe(4429)
})

test('on SIGTERM what was begun is acked, sockets are told and closed with 1012, and the port is free (C13)', async () => {
  const gate = Promise.withResolvers<void>()
  const { connect, realtime, http, clockwork, url } = start({
    frames: {
      send: frame(z.strictObject({}), async () => {
        await gate.promise
        return { stored: true }
      }),
    },
  })
  const [ann, bo] = [await connect('ann'), await connect('bo')]
  const sent = ann.asks('send')
  await bo.ping()
  await ann.ping()

  const left = drain({ realtime, http, clockwork })
  const late = await bo.asks('send').catch((error) => error)
  const health = await fetch(`${url}/healthz`)
  const refused = await fetch(`${url}/api/anything`)
  gate.resolve()

  expect(late).toMatchObject({ code: 'unavailable', retry_after_ms: 1000 })
  expect([health.status, refused.status, refused.headers.get('retry-after')]).toEqual([200, 503, '1'])
  expect(await sent).toEqual({ stored: true })
  expect((await bo.next('going_away')).data.retry_after_ms).toBeGreaterThan(0)
  expect(await Promise.all([ann.closed, bo.closed])).toEqual([1012, 1012])
  await left
  expect(await fetch(`${url}/healthz`).catch(() => 'closed')).toBe('closed')
})
