import type { Log } from '../log.ts'
import type { PoolUse } from '../metrics/dbMeter.ts'
import { CannotStart, unavailable } from './failure.ts'
import type { Connect, Connection } from './postgres.connection.ts'

export type Use = 'reads' | 'writes'

export interface Pool {
  /**
   * A connection for one caller alone, until it is given back. Refuses `unavailable`: at once when too many wait or the
   * server is away, else when there is none until then (by `performance.now()`); by then it is taken away again, too.
   * Who is `ahead` goes before all who wait, however many they are.
   */
  take(use: Use, until: number, isAhead?: boolean): Promise<Connection>
  give(connection: Connection): void
  /** No open connection is used any more: what they store the server would forget. New ones are, when it takes them. */
  distrust(trouble: CannotStart): void
  /** Why the server's new connections are refused; the old ones are given up with them. Null while they are not. */
  readonly trouble: string | null
  close(): Promise<void>
}

export interface PoolOptions {
  /** Connections at most; a read finds those that writes may not have: a write that waits never delays it. */
  most: Record<Use, number>
  /** How often it looks for what took too long. */
  lookEveryMs: number
  /** For how long a connection that waits is believed after its server last spoke, once another took too long. */
  believedMs: number
  meter?: Record<Use, PoolUse> | undefined
  log?: Log | undefined
}

interface Waiting {
  until: number
  isAhead: boolean
  resolve(connection: Connection): void
  reject(error: unknown): void
}

interface Lent {
  use: Use
  until: number
}

interface State {
  readonly connect: Connect
  readonly options: PoolOptions
  readonly idle: Connection[]
  readonly lent: Map<Connection, Lent>
  readonly lines: Record<Use, Waiting[]>
  readonly inUse: Record<Use, number>
  opening: number
  trouble: string | null
  /** In a row. */
  failures: number
  /** None is opened before. */
  notBefore: number
  /** Settles when nothing is lent any more. */
  closed: PromiseWithResolvers<void> | null
}

const USES = ['reads', 'writes'] as const
const MOST_WAITING = 2000
/** At once: a server that is back is not stormed. */
const MOST_OPENING = 2
const LONGEST_PAUSE_MS = 1000
/** What a connection has gathered at the server goes with it, and a new primary gets its share. */
const LIFE_MS = 30 * 60_000
const LONGEST_CLOSE_MS = 2000

/** Opens the first connection. Throws what the server said to it. */
export async function openPool(connect: Connect, options: PoolOptions): Promise<Pool> {
  const state: State = {
    connect,
    options,
    idle: [],
    lent: new Map(),
    lines: { reads: [], writes: [] },
    inUse: { reads: 0, writes: 0 },
    opening: 0,
    trouble: null,
    failures: 0,
    notBefore: 0,
    closed: null,
  }
  for (const use of USES) {
    const meter = options.meter?.[use]
    if (meter) meter.size = options.most[use]
  }
  state.idle.push(await connect((gone) => forget(state, gone)))
  const looking = setInterval(look, options.lookEveryMs, state)
  looking.unref()
  return {
    take: (use, until, isAhead = false) => take(state, use, { until, isAhead }),
    give: (connection) => give(state, connection),
    distrust: (trouble) => distrust(state, trouble),
    get trouble() {
      return state.trouble
    },
    close() {
      clearInterval(looking)
      return close(state)
    },
  }
}

type Asking = Pick<Waiting, 'until' | 'isAhead'>

function take(state: State, use: Use, asking: Asking): Promise<Connection> {
  const line = state.lines[use]
  const isFull = line.length >= MOST_WAITING && !asking.isAhead
  if (state.closed !== null || isFull || isAway(state)) return Promise.reject(unavailable())
  count(state, use, 1)
  const { promise, resolve, reject } = Promise.withResolvers<Connection>()
  const at = asking.isAhead ? line.findIndex(({ isAhead }) => !isAhead) : -1
  line.splice(at < 0 ? line.length : at, 0, { ...asking, resolve, reject })
  advance(state)
  return promise
}

/** Those that wait for a connection or have one. */
function count({ options }: State, use: Use, more: 1 | -1): void {
  const meter = options.meter?.[use]
  if (meter) meter.asked += more
}

/** Nothing is open, and it is too soon to try again: who asks now need not wait to be told so. */
const isAway = ({ idle, lent, opening, notBefore }: State): boolean =>
  idle.length + lent.size + opening === 0 && performance.now() < notBefore

/** Lends to those who wait, and opens what is missing. */
function advance(state: State): void {
  for (let use = nextUse(state); use !== null; use = nextUse(state)) {
    const connection = state.idle.pop()
    if (connection === undefined) break
    lend(state, use, connection)
  }
  const { reads, writes } = state.lines
  const wanted = reads.length + (mayWrite(state) ? writes.length : 0)
  const mostOpening = Math.min(wanted, state.failures > 0 ? 1 : MOST_OPENING)
  while (state.opening < mostOpening && mayOpen(state)) void open(state)
  if (isAway(state)) refuseAll(state)
}

/** Who is ahead, else who has waited longest, of those that may have a connection. */
function nextUse(state: State): Use | null {
  const [read] = state.lines.reads
  const [write] = mayWrite(state) ? state.lines.writes : []
  if (read === undefined) return write === undefined ? null : 'writes'
  return write === undefined || read.isAhead || read.until <= write.until ? 'reads' : 'writes'
}

const mayWrite = ({ inUse, options }: State): boolean => inUse.writes < options.most.writes

function mayOpen({ idle, lent, opening, options, notBefore, closed }: State): boolean {
  const most = options.most.reads + options.most.writes
  return closed === null && idle.length + lent.size + opening < most && performance.now() >= notBefore
}

function lend(state: State, use: Use, connection: Connection): void {
  const waiting = state.lines[use].shift() as Waiting
  state.lent.set(connection, { use, until: waiting.until })
  state.inUse[use]++
  waiting.resolve(connection)
}

function give(state: State, connection: Connection): void {
  const lent = state.lent.get(connection)
  if (lent === undefined) return
  state.lent.delete(connection)
  state.inUse[lent.use]--
  count(state, lent.use, -1)
  const isOld = connection.openedAt + LIFE_MS < performance.now()
  if (state.closed !== null || isOld || state.trouble !== null) void connection.end()
  else if (!connection.gone) state.idle.push(connection)
  if (state.lent.size === 0) state.closed?.resolve()
  advance(state)
}

async function open(state: State): Promise<void> {
  state.opening++
  try {
    const connection = await state.connect((gone) => forget(state, gone))
    state.failures = 0
    state.trouble = null
    if (state.closed !== null) void connection.end()
    else state.idle.push(connection)
  } catch (error) {
    if (error instanceof CannotStart) distrust(state, error)
    else state.trouble = null
    state.failures++
    state.notBefore = performance.now() + pauseAfter(state.failures)
  }
  state.opening--
  advance(state)
}

/** What an older connection stores the same server would forget, too. */
function distrust(state: State, { message }: CannotStart): void {
  if (state.trouble === null) state.options.log?.error({ reason: message }, 'database: refused')
  state.trouble = message
  for (const connection of state.idle.splice(0)) void connection.end()
}

/** Up to a second, and for each node another one: a server that is back is found soon, and not by all at once. */
const pauseAfter = (failures: number): number =>
  (0.5 + Math.random() / 2) * Math.min(50 * 2 ** failures, LONGEST_PAUSE_MS)

/** A lent one is counted until it is given back. */
function forget(state: State, gone: Connection): void {
  const at = state.idle.indexOf(gone)
  if (at >= 0) state.idle.splice(at, 1)
}

/**
 * Takes away what took too long. Its server may have stopped answering altogether: so those that wait are not believed
 * either, or each would have to be waited for in turn; but for those that have just answered, for where there is only
 * too much to do, all would have to be opened anew on top of it.
 */
function look(state: State): void {
  const now = performance.now()
  const late = [...state.lent].filter(([{ gone }, { until }]) => !gone && until < now)
  for (const [connection] of late) connection.drop()
  const since = now - state.options.believedMs
  if (late.length > 0) for (const idle of [...state.idle]) if (idle.answeredAt < since) idle.drop()
  for (const use of USES) refuse(state, use, ({ until }) => until < now)
  advance(state)
}

function refuse(state: State, use: Use, which: (waiting: Waiting) => boolean): void {
  const refused = state.lines[use].filter(which)
  state.lines[use] = state.lines[use].filter((waiting) => !which(waiting))
  for (const waiting of refused) {
    count(state, use, -1)
    waiting.reject(unavailable())
  }
}

function refuseAll(state: State): void {
  for (const use of USES) refuse(state, use, () => true)
}

/** What is lent is waited for, for a moment. */
async function close(state: State): Promise<void> {
  state.closed ??= Promise.withResolvers<void>()
  refuseAll(state)
  if (state.lent.size === 0) state.closed.resolve()
  const cut = setTimeout(() => {
    for (const connection of state.lent.keys()) connection.drop()
  }, LONGEST_CLOSE_MS)
  await state.closed.promise
  clearTimeout(cut)
  await Promise.all(state.idle.splice(0).map((connection) => connection.end()))
}
