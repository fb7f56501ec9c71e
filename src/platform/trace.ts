import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** What belongs together across programs (W3C Trace Context): on every log line of a request, and handed on. */
export interface Trace {
  /** Ours, also in the answer's `X-Request-Id`; null for what no request of ours began. */
  readonly requestId: string | null
  /** 32 hex digits, the caller's if it said one. */
  readonly traceId: string
  /** 16 hex digits: this piece of the work. */
  readonly spanId: string
  /** `01` when the caller records it. */
  readonly flags: string
}

/** Version 00, and what a later version must begin with. Exact: what is not this is nobody's trace. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/
/** A later version may say more, but no book. */
const LONGEST = 128

/** The trace that the caller named, else a new one. Any text may stand in the header: what is not valid was not said. */
export function readTrace(traceparent: string | null, requestId: string | null): Trace {
  const fresh = randomBytes(24).toString('hex')
  const spanId = fresh.slice(32)
  const said = traceparent !== null && traceparent.length <= LONGEST ? TRACEPARENT.exec(traceparent) : null
  const [, version, traceId, flags, more] = said ?? []
  const isTaken = traceId !== undefined && (version !== '00' || more === undefined)
  if (!isTaken) return { requestId, traceId: fresh.slice(0, 32), spanId, flags: '00' }
  // Of the flags only "sampled" is ours to hand on.
  return { requestId, traceId, spanId, flags: (Number.parseInt(flags ?? '', 16) & 1) === 1 ? '01' : '00' }
}

/** As `traceparent` to whom we ask, and as `traceresponse` to who asked us. */
export const traceparentOf = ({ traceId, spanId, flags }: Trace): string => `00-${traceId}-${spanId}-${flags}`

const current = new AsyncLocalStorage<Trace>()

/** Whatever `work` begins belongs to this trace. */
export const within = <T>(trace: Trace, work: () => T): T => current.run(trace, work)

/** What is being done at this line belongs to it; undefined for what nobody asked for. */
export const traceNow = (): Trace | undefined => current.getStore()
