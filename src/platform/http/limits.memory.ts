import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { refuse } from '../errors.ts'
import type { Limit, Limits } from './limits.ts'

/** Rates of one node, in its memory. `factor` is `WARREN_LIMITS_FACTOR`. */
export function createMemoryLimits(factor: number): Limits {
  const limiterOf = createLimiters(factor)
  return {
    spend: (limit, key, points = 1) => limiterOf(limit).consume(key, points).then(nothing, refuseSpent),
    check: async (limit, key) => {
      const limiter = limiterOf(limit)
      refuseIfSpent(await limiter.get(key), limiter.points)
    },
  }
}

/** One for each limit, made when it is first asked for. */
export function createLimiters(factor: number): (limit: Limit) => RateLimiterMemory {
  const limiters = new Map<string, RateLimiterMemory>()
  return ({ name, points, perMs }) => {
    const known = limiters.get(name)
    if (known) return known
    const made = new RateLimiterMemory({
      keyPrefix: name,
      points: Math.max(1, Math.floor(points * factor)),
      duration: perMs / 1000,
    })
    limiters.set(name, made)
    return made
  }
}

export const nothing = (): void => {}

export function refuseSpent(spent: unknown): never {
  if (spent instanceof RateLimiterRes) refuseFor(spent)
  throw spent
}

export function refuseIfSpent(spent: RateLimiterRes | null, points: number): void {
  if (spent !== null && spent.consumedPoints >= points) refuseFor(spent)
}

function refuseFor({ msBeforeNext }: RateLimiterRes): never {
  return refuse('rate_limited', 'rate_limited', { retryAfterMs: Math.max(1, Math.ceil(msBeforeNext)) })
}
