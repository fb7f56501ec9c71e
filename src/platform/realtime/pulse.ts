import type { Redis } from '../redis/redis.ts'

/** Says something by each channel each half second and listens for it: the only proof that a subscription still hears. */
export interface Pulse {
  /** This beat of our own came back by this channel. */
  felt(count: number, channel: number): void
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

export interface Heart {
  channels: number
  say(count: number, channel: number): void
}

/** A beat that has not come back by all channels. */
interface Away {
  readonly at: number
  readonly left: Set<number>
}

/** One deaf channel is a deaf node: of a cluster's servers one can be lost by itself. */
export function startPulse(redis: Redis, { channels, say }: Heart): Pulse {
  const all = Array.from({ length: channels }, (_, channel) => channel)
  const away = new Map<number, Away>()
  let count = 0
  let provedAt = performance.now()
  let tickedAt = provedAt
  const beat = (): void => {
    away.set(++count, { at: performance.now(), left: new Set(all) })
    for (const channel of all) say(count, channel)
  }
  const isDeaf = (now: number): boolean => away.values().some(({ at }) => now - at > DEAF_MS)
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
    felt: (which, channel) => {
      const left = away.get(which)?.left
      left?.delete(channel)
      if (left?.size !== 0) return
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
