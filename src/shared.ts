import { hostname } from 'node:os'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/db/db.ts'
import { createMemoryLimits } from './platform/http/limits.memory.ts'
import type { Limits } from './platform/http/limits.ts'
import { createMemoryKv } from './platform/kv/kv.memory.ts'
import type { Kv } from './platform/kv/kv.ts'
import type { Log } from './platform/log.ts'
import type { Metrics } from './platform/metrics/metrics.ts'
import { relayToNobody } from './platform/realtime/relay.memory.ts'
import type { Relay } from './platform/realtime/relay.ts'
import type { Config } from './config.ts'

/** What several nodes share and may lose at any time: in this process's memory when it is alone, in Redis otherwise. */
export interface Shared {
  relay: Relay
  kv: Kv
  limits: Limits
  close(): Promise<void>
}

export interface Place {
  config: Config
  db: Db
  clock: Clock
  log: Log
  metrics: Metrics
  /** Names the history of the database: nodes of another one are not spoken to. */
  epoch: string
}

/** Names this process among all nodes, also when a container always has the same host and number. */
export const nodeName = (): string => `${hostname()}-${process.pid}-${crypto.randomUUID().slice(0, 8)}`

/** Never waits for Redis: a node works without, and finds it when it is there. */
export async function openShared(place: Place, node: string): Promise<Shared> {
  const { config, clock } = place
  if (config.redisUrl === null) {
    return {
      relay: relayToNobody,
      kv: createMemoryKv(clock),
      limits: createMemoryLimits(config.limitsFactor),
      close: async () => {},
    }
  }
  const { createSharedByRedis } = await import('./sharedByRedis.ts')
  return createSharedByRedis(config.redisUrl, { ...place, node })
}
