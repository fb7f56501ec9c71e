import { createRedisLimits } from './platform/http/limits.redis.ts'
import { createDatabaseKv } from './platform/kv/kv.database.ts'
import { createRedisKv } from './platform/kv/kv.redis.ts'
import { createRedisRelay } from './platform/realtime/relay.redis.ts'
import { openRedis } from './platform/redis/redis.ts'
import type { Place, Shared } from './shared.ts'

/** Loaded by a node that has Redis, and by no other. */
export async function createSharedByRedis(url: string, place: Place & { node: string }): Promise<Shared> {
  const { config, db, clock, log, metrics, epoch, node } = place
  const redis = await openRedis(url, log, metrics.relay)
  const relay = createRedisRelay(redis, { installation: epoch, node })
  return {
    relay,
    kv: createRedisKv(redis, epoch, createDatabaseKv(db, clock)),
    limits: createRedisLimits(redis, epoch, config.limitsFactor),
    close: relay.close,
  }
}
