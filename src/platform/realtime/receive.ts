import type { App } from '../context.ts'
import { Refusal } from '../errors.ts'
import { toRefusal } from '../http/problem.ts'
import type { Say } from './acks.ts'
import type { Socket } from './connection.ts'
import { countFrame, noteLimited } from './flood.ts'
import {
  ackFrame,
  type Envelope,
  errorFrame,
  type Frame,
  type Frames,
  ProtocolError,
  parseEnvelope,
  parseInput,
} from './frames.ts'
import { digestOf } from './live.ts'
import { mayWait, runInOrder } from './turns.ts'

/** What carries out client frames. */
export interface Desk {
  app: App
  frames: Frames
  say: Say
  /** True once the node is leaving: nothing new is begun. */
  isClosed: boolean
  /** Handlers at work, over all sockets. */
  running: number
}

export const PROTOCOL_ERROR = 4409

/** Never throws and is never a promise: whatever happens ends in an answer, a closed socket or the log. */
export function receive(desk: Desk, socket: Socket, message: string | Buffer): void {
  const tooMany = countFrame(socket.data, desk.app.config.limitsFactor)
  try {
    if (typeof message !== 'string') throw new ProtocolError('binary')
    const envelope = parseEnvelope(message)
    requireKnown(desk, envelope)
    if (tooMany !== null) answerError(desk, socket, envelope.ref, tooMany)
    else take(desk, socket, envelope)
  } catch (error) {
    if (error instanceof ProtocolError) socket.close(PROTOCOL_ERROR, error.message)
    else answerError(desk, socket, undefined, tooMany ?? error)
  }
}

function requireKnown({ frames }: Desk, { type, ref }: Envelope): void {
  const isKnown = type === 'ping' || Object.hasOwn(frames, type)
  if (!isKnown && ref === undefined) throw new ProtocolError('unknown type')
}

function take(desk: Desk, socket: Socket, envelope: Envelope): void {
  const { type, ref, input } = envelope
  const isKnown = type === 'ping' || Object.hasOwn(desk.frames, type)
  desk.app.metrics.countFrame(isKnown ? type : 'unknown')
  if (type === 'ping') return pong(desk, socket, envelope)
  const isHeavy = frameOf(desk, type)?.isHeavy === true
  if (isHeavy && !mayWait(socket.data, desk.app.config.limitsFactor))
    return answerError(desk, socket, ref, new Refusal('rate_limited', 'too_many_frames'))
  desk.running++
  socket.data.running++
  // Never rejects: `answer` catches everything.
  const run = (): Promise<void> => answer(desk, socket, envelope)
  void runInOrder(socket, { chatId: input.chat_id, type, isHeavy }, run).then(() => {
    desk.running--
    socket.data.running--
  })
}

const frameOf = ({ frames }: Desk, type: string): Frame | undefined =>
  Object.hasOwn(frames, type) ? frames[type] : undefined

/** The digest is counted when it is sent: after all that was published before. */
function pong(desk: Desk, socket: Socket, { ref, input }: Envelope): void {
  if (Object.keys(input).length > 0) return answerError(desk, socket, ref, new Refusal('invalid', 'input'))
  desk.say(socket, () => {
    const data = { digest: digestOf(socket.data.user) }
    return ref === undefined ? JSON.stringify({ type: 'pong', data }) : ackFrame(ref, data)
  })
}

/** Catches everything: one answer to a `ref`, and none to what has none unless it is refused. */
async function answer(desk: Desk, socket: Socket, { type, ref, input }: Envelope): Promise<void> {
  try {
    if (desk.isClosed) throw new Refusal('unavailable', 'restarting', { retryAfterMs: 1000 })
    const frame = frameOf(desk, type)
    if (frame === undefined) throw new Refusal('invalid', 'unknown_type')
    const data = await frame.run(desk.app, socket.data.session, parseInput(frame, input), socket)
    if (ref !== undefined) desk.say(socket, ackFrame(ref, data))
  } catch (error) {
    answerError(desk, socket, ref, error)
  }
}

function answerError(desk: Desk, socket: Socket, ref: Envelope['ref'], error: unknown): void {
  const refusal = toRefusal(error, desk.app.log, `frame ${String(ref ?? '')}`)
  desk.app.metrics.countFrameRefusal(refusal.code)
  if (refusal.code === 'rate_limited') noteLimited(socket)
  desk.say(socket, errorFrame(ref, refusal))
}
