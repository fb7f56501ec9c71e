import { afterEach, expect, test } from 'bun:test'
import { connect as connectTcp } from 'node:net'
import { openSocketClient } from '../../testing/socket.ts'
import { CAST, startWire, type Wire, type WireOptions } from '../../testing/wire.ts'
import { newId } from '../ids.ts'

let wire: Wire
afterEach(() => wire.stop())
const start = (options?: WireOptions): Wire => {
  wire = startWire(options)
  return wire
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** What a handshake is answered when it is refused; 101 when it is not. */
async function knock(headers: Record<string, string> = {}, path = '/ws'): Promise<Response> {
  return await fetch(`${wire.url}${path}`, { headers: { ...UPGRADE, ...headers } })
}

test('S-06 without a credential, or with one that is no good: 401 before the upgrade', async () => {
  start()

  for (const headers of [{}, { authorization: 'Bearer nobody' }, { authorization: 'Basic ann' }]) {
    const refused = await knock(headers as Record<string, string>)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ code: 'unauthenticated', status: 401 })
  }
})

test('a request that is no handshake: 426', async () => {
  const { url } = start()

  const refused = await fetch(`${url}/ws`, { headers: { authorization: 'Bearer ann' } })

  expect(refused.status).toBe(426)
  expect(refused.headers.get('upgrade')).toBe('websocket')
})

test('a ticket, a bearer token and a cookie with our Origin each open a socket', async () => {
  const { url, connect } = start()
  const ws = `${url.replace('http', 'ws')}/ws`

  for (const open of [
    connect('ann'),
    openSocketClient(`${ws}?ticket=ticket-ann`),
    openSocketClient(ws, { cookie: 'warren=ann', origin: url }),
    openSocketClient(`${ws}/`, { authorization: 'Bearer ann' }),
  ])
    expect((await open).frames[0]?.data.user_id).toBe(CAST.ann)
})

test('S-31 a foreign Origin is refused whatever the credential, and a cookie needs one', async () => {
  const { url } = start()
  const port = new URL(url).port
  const foreign = [
    'https://evil.com',
    'null',
    '',
    `http://127.0.0.1:${port}.evil.com`,
    `http://evil.127.0.0.1:${port}`,
    `https://127.0.0.1:${port}`,
    'http://127.0.0.1',
    `http://127.0.0.1:${Number(port) + 1}`,
    `http://127.0.0.1:${port}/`,
  ]

  for (const origin of foreign) {
    expect((await knock({ origin, authorization: 'Bearer ann' })).status).toBe(403)
    expect((await knock({ origin, cookie: 'warren=ann' })).status).toBe(403)
  }
  expect((await knock({ cookie: 'warren=ann' })).status).toBe(403)
})

test('S-31 with a base URL only its origin is ours, whatever Host says', async () => {
  const { url } = start({ config: { baseUrl: 'https://chat.example.org' } })

  expect((await knock({ origin: url, authorization: 'Bearer ann' })).status).toBe(403)
  const socket = await openSocketClient(`${url.replace('http', 'ws')}/ws`, {
    authorization: 'Bearer ann',
    origin: 'https://chat.example.org',
  })
  expect(await socket.ping()).toBe(0)
})

test('S-45 the 21st socket of a user is refused 429, and one that goes makes room', async () => {
  const { connect } = start()
  const sockets = await Promise.all(Array.from({ length: 20 }, () => connect('ann')))

  const refused = await knock({ authorization: 'Bearer ann' })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('5')
  await connect('bo')

  sockets[0]?.close()
  await sockets[0]?.closed
  expect((await connect('ann')).frames[0]?.type).toBe('hello')
})

test('S-45 sockets that open at the same moment are counted too', async () => {
  let waiting = 0
  const all40 = Promise.withResolvers<void>()
  const { connect } = start({
    gate: {
      heads: () => {
        if (++waiting === 40) all40.resolve()
        return all40.promise
      },
    },
  })

  const all = await Promise.allSettled(Array.from({ length: 40 }, () => connect('ann')))

  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
})

test('S-45 after 50 refused handshakes an address gets 429, and good ones were never counted', async () => {
  const { connect } = start()
  for (let at = 0; at < 19; at++) await connect('bo')

  for (let at = 0; at < 50; at++) expect((await knock({ authorization: 'Bearer nobody' })).status).toBe(401)
  const refused = await knock({ authorization: 'Bearer ann' })

  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a node that is leaving, or full, answers 503 with when to come again', async () => {
  const { realtime } = start()
  const full = { ...realtime.descriptors }

  Object.assign(realtime.descriptors, { isNearlyFull: () => true })
  expect((await knock({ authorization: 'Bearer ann' })).status).toBe(503)
  Object.assign(realtime.descriptors, full)
  realtime.desk.isClosed = true
  const leaving = await knock({ authorization: 'Bearer ann' })

  expect(leaving.status).toBe(503)
  expect(leaving.headers.get('retry-after')).toBe('1')
})

test('a herd is let in at a bounded rate, the rest is told when to come again (C12)', async () => {
  const { url } = start({ config: { limitsFactor: 0.005 } })
  const ws = `${url.replace('http', 'ws')}/ws`
  const people = ['ann', 'bo', 'cy', 'ada']

  const statuses: number[] = []
  for (let at = 0; at < 12; at++) {
    const person = people[at % 4] ?? 'ann'
    await openSocketClient(ws, { authorization: `Bearer ${person}` }).then(
      (socket) => {
        statuses.push(101)
        socket.close()
        return socket.closed
      },
      () => statuses.push(503),
    )
  }

  expect(statuses.filter((status) => status === 101).length).toBeLessThan(12)
  expect(statuses.slice(0, 5)).toEqual([101, 101, 101, 101, 101])
  const refused = await knock({ authorization: 'Bearer ann' })
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true])
})

test('heads that can not be read refuse the handshake and leave nothing behind', async () => {
  const { bus } = start({
    gate: {
      heads: async () => {
        throw new Error('the database is away')
      },
    },
  })

  const refused = await knock({ authorization: 'Bearer ann' })

  expect(refused.status).toBe(500)
  expect(bus.live.users.size).toBe(0)
})

/** The head of the answer, as bytes: for what client libraries hide. */
function rawKnock(headers: Record<string, string>): Promise<string> {
  const { port, host } = new URL(wire.url)
  const lines = Object.entries({ host, ...UPGRADE, ...headers }).map(([name, value]) => `${name}: ${value}`)
  return new Promise((resolve, reject) => {
    const tcp = connectTcp(Number(port), '127.0.0.1')
    tcp.on('error', reject)
    tcp.once('data', (data) => {
      resolve(String(data).split('\r\n\r\n')[0] ?? '')
      tcp.destroy()
    })
    tcp.write(`GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  })
}

test('S-43 compression is not agreed to, and renewed cookies come with the upgrade', async () => {
  start({
    deps: {
      authenticateSocket: async () => ({
        session: { id: newId<'session'>(), userId: CAST.ann, role: 'member', kind: 'person' },
        setCookies: ['warren_access=new; HttpOnly', 'warren_refresh=newer; HttpOnly'],
      }),
    },
  })

  const head = await rawKnock({ 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' })

  expect(head).toStartWith('HTTP/1.1 101')
  expect(head.toLowerCase()).not.toContain('permessage-deflate')
  expect(head).toContain('warren_access=new; HttpOnly')
  expect(head).toContain('warren_refresh=newer; HttpOnly')
})
