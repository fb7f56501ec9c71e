import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { routes } from '../../testing/routes.ts'
import { CAST, startWire, type Wire, type WireOptions } from '../../testing/wire.ts'

let wire: Wire
afterEach(() => wire.stop())

const start = (options: WireOptions = {}): Wire => {
  wire = startWire({ routes, ...options })
  return wire
}
const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${wire.url}${path}`, init)
const post = (path: string, body: string | ReadableStream, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

test('an error of the API is a problem as the protocol writes it', async () => {
  start()

  const response = await ask('/api/mine')

  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'Sign in first',
    status: 401,
    code: 'unauthenticated',
    reason: 'session_required',
    detail: null,
    request_id: response.headers.get('x-request-id'),
    errors: [],
  })
})

test('S-47 a bug is a 500 without a stack, SQL or path, and the node lives', async () => {
  start()

  const response = await ask('/api/crash')
  const text = await response.text()

  expect(response.status).toBe(500)
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', reason: 'internal', detail: null })
  expect(text).not.toMatch(/sql|select|\/var|\.ts/i)
  expect((await ask('/page')).status).toBe(200)
})

test('rate_limited says when to try again, in whole seconds', async () => {
  start()

  expect((await ask('/api/limited')).headers.get('retry-after')).toBe('2')
})

test('S-21 of many requests at once each is answered to its own asker', async () => {
  start()
  const people = ['ann', 'bo', 'cy', 'ada'] as const

  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const person = people[at % 4] ?? 'ann'
      const response = await ask('/api/slow', { headers: { authorization: `Bearer ${person}` } })
      return [person, (await response.json()).userId]
    }),
  )

  for (const [person, userId] of answers) expect(userId).toBe(CAST[person as 'ann'])
})

test('S-46 somebody who loads pages without end waits, and nobody else does', async () => {
  start()
  const load = (person: string, path = '/page') =>
    ask(path, { headers: { authorization: `Bearer ${person}` } }).then((response) => response.status)

  const loads = await Promise.all(Array.from({ length: 300 }, () => load('ann')))

  expect(new Set(loads)).toEqual(new Set([200]))
  expect([await load('ann'), await load('bo'), await load('ann', '/api/mine')]).toEqual([429, 200, 200])
  expect((await ask('/page')).status).toBe(200)
})

test('unknown route 404, wrong method 405 with what is allowed, a trailing slash is accepted', async () => {
  start()
  const id = '01989a3c-7f6b-7cc2-9d5e-0123456789ab'

  expect((await ask('/api/nothing')).status).toBe(404)
  const wrong = await ask(`/api/notes/${id}`, { method: 'DELETE' })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT'])
  expect(await wrong.json()).toMatchObject({ status: 405, code: 'invalid', reason: 'method_not_allowed' })
  expect((await ask(`/api/notes/${id}/`)).status).toBe(200)
  expect((await post('/api/notes/', '{"text":"hi"}')).status).toBe(201)
  expect((await ask('/page/')).status).toBe(200)
})

test('S-30 an unsafe request needs a same-origin proof, a program without our cookie needs none', async () => {
  const { url } = start()
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await post('/api/notes', '{"text":"hi"}', headers)).status
  const cookie = 'warren=ann'

  expect(await status({})).toBe(201)
  expect(await status({ cookie })).toBe(403)
  expect(await status({ cookie, origin: url })).toBe(201)
  expect(await status({ cookie, 'sec-fetch-site': 'same-origin' })).toBe(201)
  expect(await status({ cookie, 'sec-fetch-site': 'none' })).toBe(201)
  for (const site of ['cross-site', 'same-site', 'x']) {
    expect(await status({ 'sec-fetch-site': site })).toBe(403)
    expect(await status({ 'sec-fetch-site': site, origin: url })).toBe(403)
  }
  for (const origin of [
    'https://evil.com',
    'null',
    `${url}.evil.com`,
    `${url}/`,
    url.replace('http', 'https'),
  ])
    expect(await status({ origin })).toBe(403)
  expect((await ask('/api/address', { headers: { origin: 'https://evil.com', cookie } })).status).toBe(200)
})

test('S-32 no other origin is ever allowed to read an answer', async () => {
  start()

  for (const path of ['/api/mine', '/page', '/healthz']) {
    const response = await ask(path, { headers: { origin: 'https://evil.com' } })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
  const preflight = await ask('/api/notes', { method: 'OPTIONS', headers: { origin: 'https://evil.com' } })
  expect([preflight.status, preflight.headers.has('access-control-allow-origin')]).toEqual([405, false])
})

test('S-50 S-51 S-21 every answer carries the headers that keep a browser safe, and no cache keeps it', async () => {
  start({ config: { baseUrl: 'https://chat.example.org' } })

  for (const path of ['/page', '/api/mine', '/nothing', '/crash', '/healthz', '/ws']) {
    const { headers } = await ask(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toContain('camera=(self)')
    expect(headers.get('strict-transport-security')).toContain('max-age=')
  }
  expect((await ask('/page')).headers.get('content-security-policy')).toContain("script-src 'self'")
})

test('what a page throws is shown as a page, without its words', async () => {
  start()

  const missing = await ask('/nothing')
  const crashed = await ask('/crash')

  expect([missing.status, await missing.text()]).toEqual([404, '<!doctype html><title>route</title>'])
  expect([crashed.status, await crashed.text()]).toEqual([500, '<!doctype html><title>internal</title>'])
})

test('renewed cookies go with any answer, before those that the handler sets', async () => {
  start()
  const headers = { 'x-renew': 'yes' }

  const out = await ask('/api/logout', { method: 'POST', headers })
  const failed = await ask('/api/limited', { headers })

  expect(out.headers.getSetCookie()).toEqual(['warren_access=new', 'warren_access=; Max-Age=0'])
  expect(failed.headers.getSetCookie()).toEqual(['warren_access=new'])
})

test('S-48 the address comes from a trusted proxy only, and only a direct loopback peer is local', async () => {
  start()
  const of = async (headers: Record<string, string>): Promise<unknown> =>
    (await ask('/api/address', { headers })).json()

  expect(await of({})).toEqual({ address: '127.0.0.1', isLocal: true, origin: wire.url })
  expect(await of({ 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' })).toEqual({
    address: '127.0.0.1',
    isLocal: false,
    origin: wire.url,
  })
  await wire.stop()

  start({ config: { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] } })
  expect(
    await of({ 'x-forwarded-for': '6.6.6.6, 192.0.2.7, 10.1.2.3', 'x-forwarded-proto': 'https' }),
  ).toEqual({
    address: '192.0.2.7',
    isLocal: false,
    origin: wire.url.replace('http:', 'https:'),
  })
})

test('S-48 behind a unix socket, which only a proxy of ours may open, everybody has their own address', async () => {
  const unix = join(mkdtempSync(join(tmpdir(), 'warren-unix-')), 'w.sock')
  start({ listen: { unix } })
  const of = async (headers: Record<string, string>): Promise<unknown> =>
    (await fetch('http://chat.example.org/api/address', { unix, headers })).json()

  expect(await of({ 'x-forwarded-for': '6.6.6.6, 192.0.2.7', 'x-forwarded-proto': 'https' })).toEqual({
    address: '192.0.2.7',
    isLocal: false,
    origin: 'https://chat.example.org',
  })
  expect(await of({ 'x-forwarded-for': 'unix' })).toMatchObject({ address: 'unix' })
  expect(await of({ host: 'localhost' })).toEqual({
    address: 'unix',
    isLocal: false,
    origin: 'http://localhost',
  })
})

test('health: alive, ready, and not ready, which is all that the public is told', async () => {
  const checks = {
    draining: { ok: true, needed: true },
    database: { ok: true, needed: true },
    redis: { ok: false, needed: false },
  }
  start({ checks: () => checks })

  expect((await ask('/healthz')).status).toBe(200)
  expect([(await ask('/readyz')).status, (await ask('/up')).status]).toEqual([200, 200])
  checks.draining.ok = false
  const response = await ask('/readyz')
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await response.json()).toEqual({ status: 'not_ready' })
  expect((await ask('/healthz')).status).toBe(200)
})

test('health is asked, never told: every other method is 405 with what is allowed', async () => {
  start()

  for (const path of ['/healthz', '/readyz', '/up', '/readyz/']) {
    expect((await ask(path, { method: 'HEAD' })).status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await ask(path, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
      expect(await response.json()).toMatchObject({ status: 405, reason: 'method_not_allowed' })
    }
  }
})

test('metrics are for whoever holds their token; to all others there is no such thing', async () => {
  start({ metricsToken: 'a-token-of-metrics' })
  const showing = (authorization?: string, method = 'GET') =>
    ask('/metrics', { method, headers: authorization === undefined ? {} : { authorization } })

  const shown = await showing('Bearer a-token-of-metrics')
  const hidden = await Promise.all(
    [undefined, 'Bearer ann', 'Bearer', 'Basic a-token-of-metrics', 'Bearer a-token-of-metrics2'].map(
      (said) => showing(said),
    ),
  )

  expect([shown.status, shown.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(hidden.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
  expect(await hidden[1]?.json()).toMatchObject({ code: 'not_found', reason: 'route' })
  expect((await showing('Bearer a-token-of-metrics', 'POST')).status).toBe(405)
  expect((await showing('Bearer ann', 'POST')).status).toBe(404)
})

test('without a token in the settings there are no metrics, and a program is told so as a program reads it', async () => {
  start()

  const response = await ask('/metrics', { headers: { authorization: 'Bearer null' } })

  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  expect(await response.json()).toMatchObject({ code: 'not_found', reason: 'route' })
})
