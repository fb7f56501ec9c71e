import type { Id } from '../ids.ts'
import { settleUser } from './settle.ts'
import type { Realtime } from './socket.ts'

/** Read marks have no rev that could show a gap: everybody's are read again so often, whoever forgot to tell them. */
const ROUND_MS = 10 * 60_000
/** The same after news of other nodes may have been lost (C5 allows 30 s). */
const HURRIED_MS = 20_000

/** Called every `everyMs`: settles whose settling failed, and a share of all users. Catches everything. */
export function createSettleRound(realtime: Realtime): (everyMs: number) => Promise<void> {
  const { bus, desk, settling } = realtime
  let queue: Id<'user'>[] = []
  let isHurried = false
  let mayHaveLost = false
  let isBusy = false
  bus.relay.onHealth(() => {
    mayHaveLost = true
    // A slow round would have to end before the hurried one begins.
    if (!isHurried) queue = []
  })
  return async (everyMs) => {
    if (isBusy) return
    isBusy = true
    if (queue.length === 0) {
      isHurried = mayHaveLost || !bus.relay.isHealthy
      mayHaveLost = false
      queue = [...bus.live.users.keys()]
    }
    const share = Math.ceil((bus.live.users.size * everyMs) / (isHurried ? HURRIED_MS : ROUND_MS))
    const due = [...bus.live.unsettled, ...queue.splice(0, share)]
    try {
      for (let next = due.shift(); next !== undefined; next = due.shift()) await settleUser(settling, next)
    } catch (error) {
      // Not left out of this round: after a loss there may be no other for long.
      queue.push(...due)
      desk.app.log.warn({ err: error }, 'could not read how far people have read')
    }
    isBusy = false
  }
}
