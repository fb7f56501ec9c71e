import type { z } from 'zod'
import type { App } from '../context.ts'
import { type Code, Refusal } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { invalidInput, TITLES } from '../http/problem.ts'
import type { Session } from '../session.ts'
import type { Socket } from './connection.ts'
import { encodeAnswer } from './encode.ts'

/** The answer to an object's `ref`; `{}` when there is nothing to say. */
export type Answer = object

/** One type of client frame: its input (without `type` and `ref`) and what carries it out. */
export interface Frame {
  schema: z.ZodType
  /** It may build much in memory: one of them runs at a time for a user, and two are waited for by a socket. */
  isHeavy?: boolean
  run(app: App, session: Session, input: unknown, socket: Socket): Answer | Promise<Answer>
}

/** By the frame's `type`: `{ send_message: send, … }`. */
export type Frames = Readonly<Record<string, Frame>>

/** `frame(z.strictObject({…}), (app, session, input) => …)`: what it returns is the ack's `data`. */
export function frame<S extends z.ZodType>(
  schema: S,
  run: (app: App, session: Session, input: z.output<S>, socket: Socket) => Answer | Promise<Answer>,
): Frame {
  return { schema, run: run as Frame['run'] }
}

/** The same of a frame that may build much in memory. */
export const heavyFrame: typeof frame = (schema, run) => ({ ...frame(schema, run), isHeavy: true })

export type Ref = string | number

/** A client's object, taken apart but not yet judged. */
export interface Envelope {
  type: string
  ref: Ref | undefined
  input: Record<string, unknown>
}

/** A frame that breaks the protocol itself: the socket is closed with 4409. */
export class ProtocolError extends Error {}

const MAX_REF = 64

/** Refuses what names no type or no usable `ref`; throws `ProtocolError` for what is no object of JSON. */
export function parseEnvelope(text: string): Envelope {
  const value = parseObject(text)
  const { type, ref, ...input } = value
  if (ref !== undefined && !isRef(ref)) throw new Refusal('invalid', 'ref')
  if (typeof type === 'string') return { type, ref, input }
  if (ref === undefined) throw new ProtocolError('no type')
  return { type: '', ref, input }
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseOrNothing(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProtocolError('no object')
  return value as Record<string, unknown>
}

function parseOrNothing(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw new ProtocolError('not JSON')
  }
}

const isRef = (ref: unknown): ref is Ref =>
  typeof ref === 'string' ? ref.length <= MAX_REF : Number.isSafeInteger(ref)

export function parseInput(frame: Frame, input: unknown): unknown {
  const parsed = frame.schema.safeParse(input)
  if (!parsed.success) throw invalidInput(parsed.error)
  return parsed.data
}

export const ackFrame = (ref: Ref, data: Answer): string =>
  `{"type":"ack","ref":${JSON.stringify(ref)},"data":${encodeAnswer(data)}}`

export interface FrameError {
  code: Code
  reason: string
  title: string
  detail: string | null
  retry_after_ms?: number
}

export function errorFrame(ref: Ref | undefined, refusal: Refusal): string {
  const { code, reason, details } = refusal
  const fault = details.faults?.[0]
  const error: FrameError = {
    code,
    reason,
    title: TITLES[code],
    detail: details.detail ?? (fault === undefined ? null : `${fault.path}: ${fault.message}`),
  }
  if (code === 'rate_limited' || code === 'unavailable') error.retry_after_ms = details.retryAfterMs ?? 1000
  return JSON.stringify(ref === undefined ? { type: 'error', error } : { type: 'error', ref, error })
}
