import { afterEach, expect, test } from 'bun:test'
import { backoff, countLoss } from './backoff.ts'
import { type Listener, openSocket, Refused, type Socket, Unanswered } from './socket.ts'
import type { ServerFrame } from './wire.ts'

interface Heard {
  socket: Socket
  frames: ServerFrame[]
  /** Resolves when the listener has heard a word of this name: a frame's type, a state, `signedOut`. */
  hears(what: string): Promise<void>
}

const HELLO = { type: 'hello', data: { user_id: 'ann', node: 'n', epoch: 'e', heartbeat_ms: 20, chats: [] } }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A node of a few lines: greets, then answers as told. */
function serve(
  answer: (frame: { type: string; ref?: number }, close: (code: number) => void) => object | null,
) {
  const server = Bun.serve({
    port: 0,
    fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response('no', { status: 400 })),
    websocket: {
      open: (ws) => void ws.send(JSON.stringify(HELLO)),
      message: (ws, text) => {
        const said = answer(JSON.parse(String(text)), (code) => ws.close(code))
        if (said !== null) ws.send(JSON.stringify(said))
      },
    },
  })
  closers.push(() => server.stop(true))
  return `ws://localhost:${server.port}/ws`
}

function connect(url: string): Heard {
  const frames: ServerFrame[] = []
  const words = new Set<string>()
  const waiters = new Map<string, () => void>()
  const hear = (word: string) => {
    words.add(word)
    waiters.get(word)?.()
  }
  const listener: Listener = {
    heard: (frame) => {
      frames.push(frame)
      hear(frame.type)
    },
    connection: ({ state }) => hear(state),
    signedOut: () => hear('signedOut'),
  }
  const socket = openSocket(url, listener)
  closers.push(() => socket.close())
  const hears = (what: string) =>
    words.has(what) ? Promise.resolve() : new Promise<void>((done) => waiters.set(what, done))
  return { socket, frames, hears }
}

test('each question gets the answer that carries its ref', async () => {
  const url = serve(({ ref, type }) => (ref === undefined ? null : { type: 'ack', ref, data: { of: type } }))
  const { socket, hears } = connect(url)
  await hears('live')

  const answers = await Promise.all([socket.ask({ type: 'one' }), socket.ask({ type: 'two' })])

  expect(answers).toEqual([{ of: 'one' }, { of: 'two' }])
})

test('a refusal comes with its code, its reason and when to try again', async () => {
  const error = { code: 'rate_limited', reason: 'slow_down', title: '', detail: '', retry_after_ms: 70 }
  const url = serve(({ ref }) => (ref === undefined ? null : { type: 'error', ref, error }))
  const { socket, hears } = connect(url)
  await hears('live')

  const refused = await socket.ask({ type: 'send_message' }).catch((reason) => reason)

  expect(refused).toBeInstanceOf(Refused)
  expect(refused).toMatchObject({ code: 'rate_limited', reason: 'slow_down', retryAfterMs: 70 })
})

test('what was asked when the connection was lost has an unknown outcome', async () => {
  const url = serve(({ type }, close) => {
    if (type === 'send_message') close(1012)
    return null
  })
  const { socket, hears } = connect(url)
  await hears('live')

  const lost = await socket.ask({ type: 'send_message' }).catch((reason) => reason)

  expect(lost).toBeInstanceOf(Unanswered)
  await hears('waiting')
})

test('it pings as often as the node asked, and hears the digest', async () => {
  const url = serve(({ type }) => (type === 'ping' ? { type: 'pong', data: { digest: 7 } } : null))
  const { frames, hears } = connect(url)

  await hears('pong')

  expect(frames.find(({ type }) => type === 'pong')).toEqual({ type: 'pong', data: { digest: 7 } })
})

test('when the session is over it does not come back', async () => {
  const url = serve((_, close) => {
    close(4401)
    return null
  })
  const { socket, hears } = connect(url)
  await hears('live')

  socket.tell({ type: 'ping' })

  await hears('signedOut')
})

test('the wait doubles up to 30 s, and lies anywhere below that', () => {
  expect([0, 1, 3, 20].map((attempt) => backoff(attempt, () => 1))).toEqual([500, 1000, 4000, 30_000])
  expect(backoff(5, () => 0)).toBe(0)
})

test('a node that comes and goes is waited for 4 s at most, one that does not come ever longer', () => {
  expect(countLoss(9, 0)).toBe(10)
  expect(countLoss(9, 200)).toBe(3)
  expect(countLoss(0, 200)).toBe(1)
  expect(countLoss(9, 6000)).toBe(0)
})
