import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startTestNode, type TestNode } from '../node.ts'

// Whoever sends a byte now and then holds a connection no longer than whoever sends none (S-45).

let node: TestNode
beforeAll(async () => {
  node = await startTestNode()
})
afterAll(() => node.stop())

/** How long a connection lives on which this is sent, and then a byte every second. */
function drip(first: string): Promise<number> {
  const begun = performance.now()
  const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
  socket.write(first)
  const dripping = setInterval(() => socket.write('x'), 1000)
  socket.on('error', () => {})
  socket.resume()
  return new Promise((resolve) =>
    socket.on('close', () => {
      clearInterval(dripping)
      resolve(performance.now() - begun)
    }),
  )
}

test('a header, a body and a handshake that drip are given up, and others are answered meanwhile (S-45)', async () => {
  const slow = [
    'GET / HTTP/1.1\r\nHost: a\r\nX-',
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 200000\r\n\r\n',
    'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nX-',
  ]
  const lives = Promise.all([...Array(300).keys()].map((at) => drip(slow[at % 3] ?? '')))
  const answers = await Promise.all([...Array(50).keys()].map(() => node.stranger.get('/login')))

  expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 303)).toBe(true)
  expect(Math.max(...(await lives))).toBeLessThan(40_000)
}, 60_000)
