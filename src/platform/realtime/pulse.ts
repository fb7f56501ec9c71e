import type { Redis } from '../redis/redis.ts'

/** Says something each half second and listens for it: the only proof that a subscription still hears. */
export interface Pulse {
  /** This beat of our own came back. */
  felt(count: number): void
  /** The subscription stands anew: what was said before it may never come back. */
  begun(): void
  /** The connection is known to be gone. */
  lost(): void
  stop(): void
}

const EVERY_MS = 500
/** Two beats. */
const DEAF_MS = 1200
/** A connection that was begun anew gets so long to prove itself. */
const PATIENCE_MS = 2500

/** `say` sends a beat by the channel of its count, so that all channels prove themselves in turn. */
export function startPulse(redis: Redis, say: (count: number) => void): Pulse {
  /** Beats that have not come back, by the time of each. */
  const away = new Map<number, number>()
  let count = 0
  let provedAt = performance.now()
  let tickedAt = provedAt
  const beat = (): void => {
    away.set(++count, performance.now())
    say(count)
  }
  const isDeaf = (now: number): boolean => away.values().some((at) => now - at > DEAF_MS)
  const tick = (): void => {
    const now = performance.now()
    // While this process stood still nothing could come back: that proves nothing.
    if (now - tickedAt > 2 * EVERY_MS) away.clear()
    tickedAt = now
    if (!isDeaf(now)) provedAt = redis.isHealthy ? now : provedAt
    else redis.setHealth(false)
    if (now - provedAt > PATIENCE_MS) {
      provedAt = now
      away.clear()
      redis.reconnect()
    }
    beat()
  }
  const timer = setInterval(tick, EVERY_MS)
  return {
    felt: (which) => {
      away.delete(which)
      if (!isDeaf(performance.now())) redis.setHealth(true)
    },
    begun: () => {
      away.clear()
      beat()
    },
    lost: () => redis.setHealth(false),
    stop: () => clearInterval(timer),
  }
}
