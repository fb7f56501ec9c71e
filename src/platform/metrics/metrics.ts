import type { Code } from '../errors.ts'
import { createDbMeter, type DbCounts, type DbMeter, newDbCounts } from './dbMeter.ts'
import { newRequests, type Requests } from './requests.ts'
import { newSpread, noteSince, SECONDS, type Spread, type Tallies, tally } from './spread.ts'

/**
 * What one node counts about itself: plain numbers that whoever does the work adds to (`app.metrics.fills.told++`),
 * read when somebody asks `/metrics`. What can be looked up then is not counted here.
 */
export interface Metrics {
  readonly http: Requests
  /** Requests being answered. */
  running: number
  /** Client frames by type. */
  readonly frames: Tallies
  /** Refused frames, by code. */
  readonly frameRefusals: Tallies
  /** Ended sockets, by close code. */
  readonly closes: Tallies
  /** Refused `rate_limited`, by the name of the limit. */
  readonly limits: Tallies
  /** Messages stored and answered, those that were there before included. */
  acked: number
  /** Frames handed to topics. */
  published: number
  /** Seconds from a commit to the last publish of what it stored. */
  readonly fanout: Spread
  readonly sweep: { readonly duration: Spread; failed: number }
  /** What nobody had told and was read from the database: told as `changes`, too much for that, or not readable. */
  readonly fills: { told: number; resync: number; failed: number }
  readonly relay: RelayCounts
  readonly db: DbCounts
  readonly dbMeter: DbMeter
  /** Seconds that the event loop came late. */
  readonly lag: Spread
  /** What could not be looked up for a scrape in time, by what it was. */
  readonly unread: Tallies
  /** A client's frame, of a type that we know, or `unknown`. */
  countFrame(type: string): void
  countFrameRefusal(code: Code): void
  countClose(code: number): void
  /** The sweep has looked at what changed; it began then. */
  noteSweep(began: number): void
}

/** Kept up by the relay. */
export interface RelayCounts {
  /** Null without Redis: this node is alone. */
  isUp: boolean | null
  sent: number
  received: number
  /** Commands to Redis that failed or took too long. */
  errors: number
}

/** RFC 6455's that occur, and those of `docs/protocol.md`. A client may make up a thousand more. */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, 1013, 4401, 4408, 4409, 4429,
])

export function createMetrics(): Metrics {
  const db = newDbCounts()
  const metrics: Metrics = {
    http: newRequests(),
    running: 0,
    frames: new Map(),
    frameRefusals: new Map(),
    closes: new Map(),
    limits: new Map(),
    acked: 0,
    published: 0,
    fanout: newSpread(SECONDS),
    sweep: { duration: newSpread(SECONDS), failed: 0 },
    fills: { told: 0, resync: 0, failed: 0 },
    relay: { isUp: null, sent: 0, received: 0, errors: 0 },
    db,
    dbMeter: createDbMeter(db, (at) => watchFanout(metrics, at)),
    lag: newSpread(SECONDS),
    unread: new Map(),
    countFrame: (type) => tally(metrics.frames, type),
    countFrameRefusal: (code) => tally(metrics.frameRefusals, code),
    countClose: (code) => tally(metrics.closes, CLOSE_CODES.has(code) ? String(code) : 'other'),
    noteSweep: (began) => noteSince(metrics.sweep.duration, began),
  }
  return metrics
}

/** Once for each transaction, not for each message: ticks run when all microtasks are done, and these tell the whole batch. */
function watchFanout(metrics: Metrics, committedAt: number): void {
  const before = metrics.published
  const look = (): void => {
    if (metrics.published > before) noteSince(metrics.fanout, committedAt)
  }
  // From inside a microtask, for else the tick would come before them.
  queueMicrotask(() => process.nextTick(look))
}
