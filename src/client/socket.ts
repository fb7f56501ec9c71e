import { backoff, countLoss } from './backoff.ts'
import type { ServerFrame } from './wire.ts'

/** How long an answer may take before its outcome counts as unknown (C2). */
const ANSWER_MS = 10_000
/** 4409 and 4429: asking again at once would only earn the same. */
const SLOWLY_MS = 10_000

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  /** Lost; `since` and the time of the next attempt, as `Date.now()` counts. */
  | { state: 'waiting'; since: number; next: number }

/** The node said no, in the words of the protocol. */
export class Refused extends Error {
  readonly code: string
  readonly reason: string
  readonly retryAfterMs: number | undefined

  constructor(error: { code: string; reason: string; retry_after_ms?: number | undefined }) {
    super(error.reason)
    this.code = error.code
    this.reason = error.reason
    this.retryAfterMs = error.retry_after_ms
  }
}

/** No answer: it may or may not have been done. */
export class Unanswered extends Error {}

interface Question {
  answer(data: never): void
  fail(error: Error): void
  timer: ReturnType<typeof setTimeout>
}

export interface Listener {
  /** Every frame that is not an answer, in the order of the socket. */
  heard(frame: ServerFrame): void
  connection(now: Connection): void
  /** The session is over: there is no use in coming back. */
  signedOut(): void
}

export interface Socket {
  /** Sends and waits for the answer: rejects with `Refused`, or `Unanswered` after 10 s or a loss. */
  ask<T>(frame: { type: string; [key: string]: unknown }): Promise<T>
  /** Sends what needs no answer; lost when there is no connection. */
  tell(frame: { type: string; [key: string]: unknown }): void
  /** Comes back at once: somebody is looking, or the network is there again. */
  hurry(): void
  close(): void
}

interface Line {
  url: string
  listener: Listener
  socket: WebSocket | null
  questions: Map<number, Question>
  ref: number
  losses: number
  since: number
  hint: number
  liveSince: number
  retry: ReturnType<typeof setTimeout> | undefined
  beat: ReturnType<typeof setInterval> | undefined
  pong: ReturnType<typeof setTimeout> | undefined
  closed: boolean
}

/** One connection, kept: it comes back by itself with full jitter until it is closed or the session is over. */
export function openSocket(url: string, listener: Listener): Socket {
  const line: Line = {
    url,
    listener,
    socket: null,
    questions: new Map(),
    ref: 0,
    losses: 0,
    since: Date.now(),
    hint: 0,
    liveSince: 0,
    retry: undefined,
    beat: undefined,
    pong: undefined,
    closed: false,
  }
  connect(line)
  return {
    ask: (frame) => ask(line, frame),
    tell: (frame) => tell(line, frame),
    hurry: () => hurry(line),
    close: () => {
      line.closed = true
      clearTimeout(line.retry)
      line.socket?.close()
    },
  }
}

function connect(line: Line): void {
  const socket = new WebSocket(line.url)
  line.socket = socket
  line.liveSince = 0
  line.listener.connection({ state: 'connecting' })
  socket.onmessage = ({ data }) => {
    if (socket === line.socket) receive(line, JSON.parse(data))
  }
  socket.onclose = ({ code }) => {
    if (socket === line.socket) lose(line, code)
  }
}

type Answer =
  | { type: 'ack'; ref: number; data: never }
  | { type: 'error'; ref?: number; error: { code: string; reason: string; retry_after_ms?: number } }

function receive(line: Line, frame: Answer | ServerFrame): void {
  clearTimeout(line.pong)
  if (frame.type === 'ack' || frame.type === 'error') return settle(line, frame)
  if (frame.type === 'hello') live(line, frame.data.heartbeat_ms)
  if (frame.type === 'going_away') line.hint = frame.data.retry_after_ms
  line.listener.heard(frame)
}

function settle({ questions }: Line, frame: Answer): void {
  const question = questions.get(frame.ref ?? -1)
  if (question === undefined) return
  questions.delete(frame.ref ?? -1)
  clearTimeout(question.timer)
  if (frame.type === 'ack') question.answer(frame.data)
  else question.fail(new Refused(frame.error))
}

function live(line: Line, heartbeatMs: number): void {
  line.liveSince = Date.now()
  line.hint = 0
  clearInterval(line.beat)
  line.beat = setInterval(() => ping(line), heartbeatMs)
  line.listener.connection({ state: 'live' })
}

/** Also finds out that a connection is dead: a socket that no longer answers is given up. */
function ping(line: Line): void {
  tell(line, { type: 'ping' })
  clearTimeout(line.pong)
  line.pong = setTimeout(() => giveUp(line), ANSWER_MS)
}

/** A dead connection's own close may take minutes. */
function giveUp(line: Line): void {
  const { socket } = line
  lose(line, 1006)
  socket?.close()
}

function lose(line: Line, code: number): void {
  const wasLive = line.liveSince > 0
  if (wasLive) line.since = Date.now()
  line.losses = countLoss(line.losses, wasLive ? Date.now() - line.liveSince : 0)
  line.socket = null
  line.liveSince = 0
  clearInterval(line.beat)
  clearTimeout(line.pong)
  for (const { fail, timer } of line.questions.values()) {
    clearTimeout(timer)
    fail(new Unanswered('connection lost'))
  }
  line.questions.clear()
  if (line.closed) return
  if (code === 4401) return line.listener.signedOut()
  const slowly = code === 4409 || code === 4429 ? SLOWLY_MS : 0
  wait(line, Math.max(line.hint * Math.random(), slowly) + backoff(line.losses))
}

function wait(line: Line, ms: number): void {
  line.listener.connection({ state: 'waiting', since: line.since, next: Date.now() + ms })
  line.retry = setTimeout(() => void retry(line), ms)
}

/** An upgrade that is refused shows no status to a page: a plain request tells, and renews the session's cookie. */
async function retry(line: Line): Promise<void> {
  if (line.losses > 0) {
    const answer = await fetch('/api/auth/me', { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null)
    if (line.closed || line.socket !== null) return
    if (answer?.status === 401) return line.listener.signedOut()
    if (answer === null || answer.status >= 500) {
      line.losses += 1
      return wait(line, backoff(line.losses))
    }
  }
  connect(line)
}

function hurry(line: Line): void {
  if (line.liveSince > 0) return ping(line)
  if (line.closed || line.socket !== null) return
  clearTimeout(line.retry)
  void retry(line)
}

function tell({ socket }: Line, frame: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
}

function ask<T>(line: Line, frame: object): Promise<T> {
  const { socket } = line
  if (socket?.readyState !== WebSocket.OPEN || line.liveSince === 0)
    return Promise.reject(new Unanswered('no connection'))
  line.ref += 1
  const ref = line.ref
  return new Promise((answer, fail) => {
    const timer = setTimeout(() => {
      line.questions.delete(ref)
      fail(new Unanswered('no answer'))
    }, ANSWER_MS)
    line.questions.set(ref, { answer, fail, timer })
    socket.send(JSON.stringify({ ...frame, ref }))
  })
}
