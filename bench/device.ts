import { newId } from '../src/platform/ids.ts'

/** A socket that comes back by itself, says again what was not acknowledged, and asks for what it missed. */
export interface Device {
  /** Says a message every so many milliseconds until it is told to stop; then waits for the acks of all. */
  speak(everyMs: number): { stop(): Promise<void> }
  /** Places by client id, of what was acknowledged. */
  readonly acks: ReadonlyMap<string, number>
  /** Times (`performance.now()`) of acks. */
  readonly ackedAt: readonly number[]
  /** When each message was first heard, by client id. */
  readonly heardAt: ReadonlyMap<string, number>
  /** When each was first said, by client id. */
  readonly saidAt: ReadonlyMap<string, number>
  /** Codes of refusals. */
  readonly refusals: Map<string, number>
  opened(): Promise<void>
  close(): void
}

const AGAIN_MS = 100
/** One whose answer was cut off is said again after this. */
const PATIENCE_MS = 5000

interface State {
  socket: WebSocket | null
  rev: number
  isClosed: boolean
  pending: Map<string, number>
  acks: Map<string, number>
  ackedAt: number[]
  heardAt: Map<string, number>
  saidAt: Map<string, number>
  refusals: Map<string, number>
  opened: PromiseWithResolvers<void>
}

export interface Desk {
  port: number
  token: string
  chatId: string
}

export function openDevice(at: Desk): Device {
  const state: State = {
    ...{ socket: null, rev: 0, isClosed: false, pending: new Map(), acks: new Map(), ackedAt: [] },
    ...{ heardAt: new Map(), saidAt: new Map(), refusals: new Map() },
    opened: Promise.withResolvers(),
  }
  connect(state, at)
  return {
    ...state,
    speak: (everyMs) => speak(state, at, everyMs),
    opened: () => state.opened.promise,
    close: () => {
      state.isClosed = true
      state.socket?.close()
    },
  }
}

function connect(state: State, at: Desk): void {
  if (state.isClosed) return
  const headers = { Authorization: `Bearer ${at.token}` }
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}/ws`, { headers } as unknown as string[])
  socket.onmessage = ({ data }) => hear(state, at, socket, JSON.parse(String(data)))
  socket.onclose = () => {
    if (state.socket === socket) state.socket = null
    setTimeout(() => connect(state, at), AGAIN_MS)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each type has its own data
function hear(state: State, at: Desk, socket: WebSocket, frame: any): void {
  const { type, ref, data, error } = frame
  if (type === 'hello') return greet(state, at, socket)
  if (type === 'new_message') return note(state, data.rev, [data])
  if (type === 'changes') return note(state, data.rev, data.messages)
  if (type === 'resync') return catchUp(state, at, socket)
  if (type === 'error') {
    state.refusals.set(error.code, (state.refusals.get(error.code) ?? 0) + 1)
    state.pending.set(ref, performance.now() - PATIENCE_MS + 2 * AGAIN_MS)
  }
  if (type !== 'ack') return
  if (ref === 'sync') {
    const chat = data.chats[at.chatId]
    note(state, chat.rev, chat.messages)
    if (chat.more) catchUp(state, at, socket)
    return
  }
  state.pending.delete(ref)
  state.acks.set(ref, data.message.seq)
  state.ackedAt.push(performance.now())
}

function greet(state: State, at: Desk, socket: WebSocket): void {
  state.socket = socket
  state.opened.resolve()
  if (state.rev > 0) catchUp(state, at, socket)
  for (const clientId of state.pending.keys()) say(state, at, clientId)
}

const catchUp = (state: State, { chatId }: Desk, socket: WebSocket): void =>
  socket.send(JSON.stringify({ type: 'sync', ref: 'sync', chats: { [chatId]: state.rev } }))

function note(state: State, rev: number, messages: readonly { client_id: string }[]): void {
  state.rev = Math.max(state.rev, rev)
  const now = performance.now()
  for (const { client_id } of messages) if (!state.heardAt.has(client_id)) state.heardAt.set(client_id, now)
}

function say(state: State, { chatId }: Desk, clientId: string): void {
  state.pending.set(clientId, performance.now())
  const content = `message ${clientId}`
  const frame = { type: 'send_message', ref: clientId, chat_id: chatId, client_id: clientId, content }
  state.socket?.send(JSON.stringify(frame))
}

function speak(state: State, at: Desk, everyMs: number): { stop(): Promise<void> } {
  const saying = setInterval(() => {
    const clientId = newId()
    state.saidAt.set(clientId, performance.now())
    say(state, at, clientId)
  }, everyMs)
  const repeating = setInterval(() => {
    const late = performance.now() - PATIENCE_MS
    for (const [clientId, saidAt] of state.pending) if (saidAt < late) say(state, at, clientId)
  }, AGAIN_MS)
  return {
    stop: async () => {
      clearInterval(saying)
      const until = performance.now() + 60_000
      while (state.pending.size > 0 && performance.now() < until) await Bun.sleep(50)
      clearInterval(repeating)
    },
  }
}
