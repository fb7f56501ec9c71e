import type { Redis } from '../redis/redis.ts'

/** Says something each half second and listens for it: the only proof that a subscription still hears. */
export interface Pulse {
  /** Something of our own came back. */
  felt(): void
  /** Says something now. */
  beat(): void
  /** The connection is known to be gone. */
  lost(): void
  stop(): void
}

const EVERY_MS = 500
/** Two beats that did not come back. */
const DEAF_MS = 1200
/** A connection that was begun anew gets so long to prove itself. */
const PATIENCE_MS = 2500

export function startPulse(redis: Redis, say: (count: number) => void): Pulse {
  let count = 0
  let feltAt = Number.NEGATIVE_INFINITY
  let begunAt = performance.now()
  let tickedAt = performance.now()
  const tick = (): void => {
    const now = performance.now()
    // While this process stood still nothing could come back: that proves nothing.
    if (now - tickedAt > 2 * EVERY_MS) feltAt += now - tickedAt - EVERY_MS
    tickedAt = now
    if (now - feltAt > DEAF_MS) {
      redis.setHealth(false)
      if (now - begunAt > PATIENCE_MS) {
        begunAt = now
        redis.reconnect()
      }
    }
    say(count++)
  }
  const timer = setInterval(tick, EVERY_MS)
  return {
    felt: () => {
      feltAt = performance.now()
      begunAt = feltAt
      redis.setHealth(true)
    },
    beat: () => say(count++),
    lost: () => {
      feltAt = Number.NEGATIVE_INFINITY
      redis.setHealth(false)
    },
    stop: () => clearInterval(timer),
  }
}
