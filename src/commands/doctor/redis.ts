import type { Redis } from 'ioredis'
import type { Config } from '../../config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

const PATIENCE_MS = 2000
const OLDEST = 7

/** Whether nodes can tell each other by Redis. Nothing is there without it to look at. */
export async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  if (redisUrl === null) return []
  const { connector } = await import('../../platform/redis/connect.ts')
  const client = (await connector(redisUrl))(PATIENCE_MS) as Redis
  try {
    await untilReady(client)
    return [judge(await client.info())]
  } catch (error) {
    const why = (error as { code?: string }).code ?? (error as Error).message
    const fix =
      'start it, or look at WARREN_REDIS_URL: nodes hear of each other by the database alone until then'
    return [bad('redis', `does not answer (${why})`, fix)]
  } finally {
    client.disconnect()
  }
}

function untilReady(client: Redis): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  client.once('ready', resolve)
  client.once('error', reject)
  const timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS)
  return promise.finally(() => clearTimeout(timer))
}

function judge(info: string): Finding {
  const fieldOf = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const version = fieldOf('redis_version')
  if (Number.parseInt(version, 10) < OLDEST)
    return bad('redis', `is ${version}, older than ${OLDEST}`, `install Redis ${OLDEST} or newer`)
  const policy = fieldOf('maxmemory_policy')
  if (fieldOf('maxmemory') !== '0' && policy === 'noeviction') {
    const fix = 'set maxmemory-policy to volatile-lru: everything of ours expires and may go'
    return warn('redis', `${version} refuses writes when it is full (noeviction)`, fix)
  }
  return ok('redis', `${version} answers`)
}
