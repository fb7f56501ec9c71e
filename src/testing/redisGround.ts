import { createLog } from '../platform/log.ts'
import { openRedis, type Redis } from '../platform/redis/redis.ts'
import { redisAddress } from './redis.ts'

/** Connections to the shared server that answer, as a node has them. `close` all of them at the end. */
export function redisGround() {
  const open: Redis[] = []
  return {
    join: async (url?: string): Promise<Redis> => {
      const redis = await openRedis(url ?? (await redisAddress()), createLog('silent'))
      open.push(redis)
      const { commands } = redis
      if (commands.status !== 'ready') await new Promise((resolve) => commands.once('ready', resolve))
      redis.setHealth(true)
      return redis
    },
    close: () => {
      for (const redis of open.splice(0)) redis.close()
    },
  }
}
