import type { Socket } from 'bun'

/** A WebSocket client by hand, whose reading can be slowed down: libraries read as fast as they can. */
export interface RawSocket {
  /** Sends an object and waits for the answer to its ref. */
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own answer
  ask(frame: { type: string; ref: string; [key: string]: unknown }): Promise<any>
  /** 0 stops reading, Infinity reads all there is. */
  readAt(bytesPerSecond: number): void
  bytes(): number
  /** The close code; 1006 when it was cut without one. */
  closed: Promise<number>
  end(): void
}

interface State {
  rest: Buffer
  isOpen: boolean
  bytes: number
  /** What may still be read in this slice of time. */
  left: number
  perSlice: number
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own answer
  waiting: Map<string, (data: any) => void>
  code: number
  opened: PromiseWithResolvers<void>
  closed: PromiseWithResolvers<number>
}

const SLICES_A_SECOND = 20

export async function openRawSocket(url: string, token: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url)
  const state = newState()
  const socket = await Bun.connect<undefined>({
    hostname,
    port: Number(port),
    socket: {
      open: (opened) => void opened.write(handshake(hostname, token)),
      data: (from, bytes) => take(state, from, bytes),
      close: () => state.closed.resolve(state.code),
      error: () => state.closed.resolve(state.code),
    },
  })
  const pace = setInterval(() => {
    state.left = Math.min(state.perSlice, state.left + state.perSlice)
    if (state.left > 0) socket.resume()
  }, 1000 / SLICES_A_SECOND)
  void state.closed.promise.then(() => clearInterval(pace))
  await Promise.race([
    state.opened.promise,
    state.closed.promise.then(() => Promise.reject(new Error('refused'))),
  ])
  return {
    ask: (frame) => {
      const answer = Promise.withResolvers<unknown>()
      state.waiting.set(frame.ref, answer.resolve)
      void state.closed.promise.then((code) => answer.reject(new Error(`closed ${code}`)))
      write(socket, 1, Buffer.from(JSON.stringify(frame)))
      return answer.promise
    },
    readAt: (bytesPerSecond) => {
      state.perSlice = bytesPerSecond / SLICES_A_SECOND
      state.left = state.perSlice
      if (bytesPerSecond === 0) socket.pause()
    },
    bytes: () => state.bytes,
    closed: state.closed.promise,
    end: () => void socket.terminate(),
  }
}

const newState = (): State => ({
  rest: Buffer.alloc(0),
  isOpen: false,
  bytes: 0,
  left: Infinity,
  perSlice: Infinity,
  waiting: new Map(),
  code: 1006,
  opened: Promise.withResolvers<void>(),
  closed: Promise.withResolvers<number>(),
})

const handshake = (host: string, token: string): string =>
  [
    'GET /ws HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Authorization: Bearer ${token}`,
    '\r\n',
  ].join('\r\n')

function take(state: State, socket: Socket<undefined>, bytes: Buffer): void {
  state.bytes += bytes.length
  state.left -= bytes.length
  if (state.left <= 0) socket.pause()
  state.rest = Buffer.concat([state.rest, bytes])
  if (!state.isOpen && !takeHead(state, socket)) return
  while (takeFrame(state, socket)) {
    // one after another
  }
}

function takeHead(state: State, socket: Socket<undefined>): boolean {
  const end = state.rest.indexOf('\r\n\r\n')
  if (end < 0) return false
  if (!state.rest.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) {
    socket.terminate()
    return false
  }
  state.rest = state.rest.subarray(end + 4)
  state.isOpen = true
  state.opened.resolve()
  return true
}

/** RFC 6455, section 5.2; a server does not mask. */
function takeFrame(state: State, socket: Socket<undefined>): boolean {
  const { rest } = state
  if (rest.length < 2) return false
  const short = (rest[1] ?? 0) & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (rest.length < head) return false
  const size = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
  if (rest.length < head + size) return false
  const body = rest.subarray(head, head + size)
  state.rest = rest.subarray(head + size)
  const kind = (rest[0] ?? 0) & 0x0f
  if (kind === 1) takeText(state, body.toString())
  if (kind === 8) state.code = body.length >= 2 ? body.readUInt16BE(0) : 1005
  if (kind === 9) write(socket, 10, body)
  return true
}

function takeText(state: State, text: string): void {
  if (!text.includes('"ref"')) return
  const { ref, data, error } = JSON.parse(text)
  state.waiting.get(ref)?.(error === undefined ? data : { error })
  state.waiting.delete(ref)
}

/** Masked with zeros, which leaves the bytes as they are. */
function write(socket: Socket<undefined>, kind: number, body: Buffer): void {
  const head = body.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8)
  head[0] = 0x80 | kind
  head[1] = 0x80 | Math.min(body.length, 126)
  if (body.length >= 126) head.writeUInt16BE(body.length, 2)
  socket.write(Buffer.concat([head, body]))
}
