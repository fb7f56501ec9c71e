import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { refuse } from '../errors.ts'
import type { Limit, Limits } from './limits.ts'

/** Rates of one node, in its memory. `factor` is `WARREN_LIMITS_FACTOR`. */
export function createMemoryLimits(factor: number): Limits {
  const limiters = new Map<string, RateLimiterMemory>()

  const limiterOf = ({ name, points, perMs }: Limit): RateLimiterMemory => {
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

  return {
    spend: (limit, key, points = 1) => limiterOf(limit).consume(key, points).then(nothing, refuseSpent),
    async check(limit, key) {
      const limiter = limiterOf(limit)
      const spent = await limiter.get(key)
      if (spent && spent.consumedPoints >= limiter.points) refuseFor(spent)
    },
  }
}

const nothing = (): void => {}

function refuseSpent(spent: unknown): never {
  if (spent instanceof RateLimiterRes) refuseFor(spent)
  throw spent
}

function refuseFor({ msBeforeNext }: RateLimiterRes): never {
  return refuse('rate_limited', 'rate_limited', { retryAfterMs: Math.max(1, Math.ceil(msBeforeNext)) })
}
