import { type RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Redis } from '../redis/redis.ts'
import { createLimiters, nothing, refuseIfSpent, refuseSpent } from './limits.memory.ts'
import type { Limit, Limits } from './limits.ts'

/**
 * Rates that all nodes count together. What is rare is asked of Redis, and of this node's own memory while Redis does
 * not answer. What is frequent is judged here, so that nobody's ack waits, and told to Redis a quarter of the points at a
 * time: who spends on all nodes at once is stopped by the sum, after at most a quarter for each node on top.
 */
export function createRedisLimits(redis: Redis, installation: string, factor: number): Limits {
  const ownOf = createLimiters(factor)
  const shared = new Map<string, RateLimiterRedis>()
  const sharedOf = (limit: Limit): RateLimiterRedis => {
    const made = shared.get(limit.name) ?? share(redis, installation, { limit, own: ownOf(limit) })
    shared.set(limit.name, made)
    return made
  }
  return {
    spend: async (limit, key, points = 1) => {
      const own = ownOf(limit)
      if (!limit.isFrequent) {
        await (redis.isHealthy ? sharedOf(limit) : own).consume(key, points).catch(refuseSpent)
        return
      }
      const spent = await own.consume(key, points).catch(refuseSpent)
      const due = stepsOf(own, spent.consumedPoints) - stepsOf(own, spent.consumedPoints - points)
      if (due > 0 && redis.isHealthy) void tally(sharedOf(limit), own, { key, points: due * stepOf(own) })
    },
    check: async (limit, key) => {
      const own = ownOf(limit)
      const isAsked = redis.isHealthy && !limit.isFrequent
      refuseIfSpent(await (isAsked ? sharedOf(limit) : own).get(key), own.points)
    },
  }
}

function share(
  redis: Redis,
  installation: string,
  { limit, own }: { limit: Limit; own: RateLimiterMemory },
): RateLimiterRedis {
  return new RateLimiterRedis({
    storeClient: redis.commands,
    keyPrefix: `warren:${installation}:limit:${limit.name}`,
    points: own.points,
    duration: own.duration,
    rejectIfRedisNotReady: true,
    // What is frequent has been counted here already.
    ...(limit.isFrequent ? {} : { insuranceLimiter: own }),
  })
}

const stepOf = ({ points }: RateLimiterMemory): number => Math.ceil(points / 4)
const stepsOf = (own: RateLimiterMemory, points: number): number => Math.floor(points / stepOf(own))

/** Never rejects. When the sum of all nodes is spent, nothing is left here either. */
async function tally(
  shared: RateLimiterRedis,
  own: RateLimiterMemory,
  { key, points }: { key: string; points: number },
): Promise<void> {
  const spent = await shared.consume(key, points).then(nothing, (why: unknown) => why)
  if (spent instanceof RateLimiterRes) await own.block(key, Math.ceil(spent.msBeforeNext / 1000))
}
