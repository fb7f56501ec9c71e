import { afterEach, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { echoed, routes } from '../../testing/routes.ts'
import { startWire, type Wire, type WireOptions } from '../../testing/wire.ts'
import { readBody } from './body.ts'

let wire: Wire
afterEach(() => wire.stop())

const start = (options: WireOptions = {}): Wire => {
  wire = startWire({ routes, ...options })
  return wire
}
const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${wire.url}${path}`, init)
const post = (path: string, body: string | ReadableStream, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

test('S-23 what a schema refuses is named by path; a path id that is none is not found', async () => {
  start()

  const unknown = await post('/api/notes', '{"text":"hi","more":1}')
  const wrong = await post('/api/notes', '{"text":{"$gt":""}}')

  expect([unknown.status, wrong.status]).toEqual([400, 400])
  expect(await wrong.json()).toMatchObject({
    code: 'invalid',
    reason: 'input',
    errors: [{ path: 'text', message: expect.any(String) }],
  })
  expect((await ask('/api/notes/5')).status).toBe(404)
  expect((await ask('/api/notes/01989a3c-7f6b-7cc2-9d5e-0123456789ab?more=1')).status).toBe(400)
})

const nested = (levels: number): string => `{"text":"","tags":${'['.repeat(levels)}${']'.repeat(levels)}}`
const BAD_BODIES: [string, string, string, number, string][] = [
  ['broken JSON', '{"text":', 'application/json', 400, 'json_malformed'],
  ['no JSON at all', 'text=hi', 'application/json', 400, 'json_malformed'],
  ['S-47 nested deeper than 20', nested(20), 'application/json', 400, 'json_too_deep'],
  ['S-47 nested ten thousand times', nested(10_000), 'application/json', 400, 'json_too_deep'],
  ['S-47 __proto__', '{"text":"hi","__proto__":{"a":1}}', 'application/json', 400, 'json_key'],
  ['another content type', 'text=hi', 'application/x-www-form-urlencoded', 415, 'content_type'],
  ['S-44 msgpack', '\u0081', 'application/msgpack', 415, 'content_type'],
  ['another charset', '{"text":"hi"}', 'application/json; charset=utf-16', 415, 'content_type'],
  ['no body', '', 'application/json', 400, 'body_malformed'],
]
test.each(BAD_BODIES)('a body with %s is refused', async (...[_name, body, type, status, reason]) => {
  start()
  echoed.length = 0

  const response = await post('/api/notes', body, { 'content-type': type })

  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ status, reason })
  expect(echoed).toEqual([])
})

test('S-44 bytes that are no UTF-8 are refused', async () => {
  start()
  const body = new Blob([new Uint8Array([0x7b, 0x22, 0x74, 0xff, 0x22, 0x7d])])

  const response = await ask('/api/notes', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })

  expect(response.status).toBe(400)
})

test('S-42 256 KB of JSON are read, a byte more is 413, declared or in chunks', async () => {
  start()
  const body = (size: number): string => `{"text":"${'x'.repeat(size - 11)}"}`
  const chunked = (text: string): ReadableStream =>
    new Response(text).body?.pipeThrough(new TransformStream()) as ReadableStream

  expect((await post('/api/notes', body(256 * 1024))).status).toBe(201)
  const declared = await post('/api/notes', body(256 * 1024 + 1))
  const streamed = await post('/api/notes', chunked(body(256 * 1024 + 1)))

  for (const response of [declared, streamed]) {
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'too_large', reason: 'body_too_large' })
  }
})

/** Bytes as they are, for what no client library sends. */
function raw(text: string): Promise<string> {
  const { port } = new URL(wire.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
      socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(text)
  })
}

test('S-42 long paths, queries and headers, and two lengths at once, are refused', async () => {
  start()

  expect((await ask(`/api/${'x'.repeat(2044)}`)).status).toBe(413)
  expect((await ask(`/api/mine?x=${'x'.repeat(4094)}`)).status).toBe(413)
  expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`)).toStartWith(
    'HTTP/1.1 431',
  )
  const smuggled =
    'POST /api/notes HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  expect(await raw(smuggled)).toStartWith('HTTP/1.1 400')
})

test('a body larger than declared is cut at what was declared', async () => {
  start()
  echoed.length = 0
  const head =
    'POST /api/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n'

  expect(await raw(`${head}{"text":"hi"}{"text":"more"}`)).toStartWith('HTTP/1.1 201')

  expect(echoed).toEqual([{ text: 'hi' }])
})

test('S-45 half of a body that is given up is refused, not taken for the whole', async () => {
  const half = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('text=h')) })
  const request = new Request('http://a/page', { method: 'POST', body: half })

  await expect(readBody(request, 5)).rejects.toMatchObject({ code: 'invalid', reason: 'body_malformed' })
})

test('a plain form is read by a page', async () => {
  start()
  const body = new URLSearchParams({ text: 'hi' })

  expect(await (await ask('/page', { method: 'POST', body })).text()).toBe('<p>hi')
})
