import type { Redis as Single } from 'ioredis'
import { refuse } from '../errors.ts'
import type { Redis } from '../redis/redis.ts'
import type { Kv } from './kv.ts'

/**
 * Facts that all nodes share. While Redis is known to be away, `insurance` keeps them. When it fails all of a sudden
 * nobody knows whether it took a fact: then it refuses `unavailable`, so that no fact is ever kept, and taken, twice.
 */
export function createRedisKv(redis: Redis, installation: string, insurance: Kv): Kv {
  const client = redis.commands as Single
  const at = (key: string): string => `warren:${installation}:kv:${key}`
  return {
    set: async (key, value, ttlMs) => {
      if (!redis.isHealthy) return insurance.set(key, value, ttlMs)
      await client.set(at(key), value, 'PX', Math.ceil(ttlMs)).catch(refuseAway)
    },
    get: (key) =>
      ask(
        redis,
        () => client.get(at(key)),
        () => insurance.get(key),
      ),
    take: (key) =>
      ask(
        redis,
        () => client.getdel(at(key)),
        () => insurance.take(key),
      ),
    delete: async (key) => {
      await Promise.all([
        redis.isHealthy ? client.del(at(key)).catch(refuseAway) : null,
        insurance.delete(key),
      ])
    },
  }
}

type Look = () => Promise<string | null>

/** What was kept while Redis was away is found when it is back. */
async function ask(redis: Redis, first: Look, insured: Look): Promise<string | null> {
  const found = redis.isHealthy ? await first().catch(refuseAway) : null
  return found ?? (await insured())
}

const refuseAway = (): never => refuse('unavailable', 'busy', { retryAfterMs: 1000 })
