import { createAskedLook } from './askedLook.ts'
import { createChatLook } from './chatLook.ts'
import type { AuthzChange, Realtime } from './socket.ts'

const EVERY_MS = 1000
/** While other nodes are not heard, news comes by the sweep alone (C18). */
const HURRIED_MS = 250
/** Longer than a lock or a statement may take: what was committed late still falls into the window. */
const OVERLAP_MS = 15_000
const DISTRUST_MS = 5000

/** What this node last heard from the database itself, whoever forgot to tell it. */
export interface Sweep {
  /** One look at what changed; also run by the timer. Catches everything. */
  run(): Promise<void>
  /** False once the last good look is 5 s old: no cached session may be trusted then. */
  isFresh(now?: number): boolean
  start(): void
  stop(): void
}

type Recheck = (changes: readonly AuthzChange[]) => void

export function createSweep(realtime: Realtime, recheck: Recheck): Sweep {
  const { clock, log, metrics } = realtime.desk.app
  const { relay } = realtime.bus
  let sweptTo = clock.now()
  let goodAt = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  let hasFailed = false
  let running: Promise<void> | undefined
  const chats = createChatLook(realtime)
  const lookAtAsked = createAskedLook(realtime)

  const look = async (): Promise<void> => {
    try {
      const now = clock.now()
      const began = performance.now()
      // All of them in one question: whoever changed in the last 15 s is among them each second. Before the chats, for
      // nobody's session may live on while those are read.
      recheck(await realtime.deps.changedUsers(sweptTo - OVERLAP_MS))
      if (hasFailed) await chats.atAll()
      await chats.at(sweptTo - OVERLAP_MS)
      hasFailed = false
      metrics.noteSweep(began)
      sweptTo = now
      // From its beginning: what changed while it asked it may not have seen.
      goodAt = began
      await lookAtAsked() // catches everything
    } catch (error) {
      hasFailed = true
      metrics.sweep.failed++
      log.warn({ err: error }, 'the sweep failed')
    }
  }
  const run = (): Promise<void> => {
    running ??= look().finally(() => {
      running = undefined
    })
    return running
  }
  const again = (): void => {
    const everyMs = relay.isHealthy ? EVERY_MS : HURRIED_MS
    // ±20 %, so that nodes do not ask all at once.
    timer = setTimeout(
      () => void run().finally(() => timer && again()),
      everyMs * (0.8 + Math.random() * 0.4),
    )
  }
  relay.onHealth(() => {
    if (timer !== undefined) void run() // catches everything
  })
  return {
    run,
    isFresh: (now = performance.now()) => now - goodAt < DISTRUST_MS,
    start: again,
    stop: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
