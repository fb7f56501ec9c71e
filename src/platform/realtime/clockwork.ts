import { createPartitionWatch } from './partition.ts'
import { reap, TICK_MS } from './reaper.ts'
import { createRechecks } from './recheck.ts'
import { createSettleRound } from './settleRound.ts'
import type { Realtime } from './socket.ts'
import { createSweep, type Sweep } from './sweep.ts'

/** The timers of the live path: three for the whole node, none for a socket. */
export interface Clockwork {
  readonly sweep: Sweep
  stop(): void
}

export function startClockwork(realtime: Realtime): Clockwork {
  const rechecks = createRechecks(realtime)
  realtime.bus.onRecheck((userId) => rechecks.check([userId]))
  const sweep = createSweep(realtime, rechecks.checkChanged)
  sweep.start()
  const watchPartition = createPartitionWatch(realtime, sweep)
  const settleRound = createSettleRound(realtime)
  let tickedAt = performance.now()
  const ticking = setInterval(() => {
    const now = performance.now()
    const late = Math.max(0, now - tickedAt - TICK_MS)
    tickedAt = now
    reap(realtime.sockets, now, late > TICK_MS ? late : 0)
    rechecks.round(TICK_MS)
    watchPartition()
    void settleRound(TICK_MS) // catches everything
  }, TICK_MS)
  return {
    sweep,
    stop: () => {
      clearInterval(ticking)
      sweep.stop()
    },
  }
}
