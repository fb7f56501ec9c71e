import type { Redis } from 'ioredis'
import type { Config } from '../../config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

const PATIENCE_MS = 2000
const OLDEST = 7

/** Whether nodes can tell each other by Redis. Nothing is there without it to look at. */
export async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  if (redisUrl === null) return []
  const { connector, isCluster } = await import('../../platform/redis/connect.ts')
  const client = (await connector(redisUrl))(PATIENCE_MS) as Redis
  try {
    await untilReady(client)
    const finding = judge(await client.info())
    if (finding.state === 'fail') return [finding]
    return [(await tryChannel(client, isCluster(redisUrl))) ?? finding]
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

/** One of those that nodes may use (`warren:*`), and that none does. */
const CHANNEL = 'warren:doctor:0'

/** Says something where nobody listens, and listens for a moment. Null when both may be done. */
async function tryChannel(client: Redis, isSharded: boolean): Promise<Finding | null> {
  try {
    await (isSharded ? client.spublish(CHANNEL, '') : client.publish(CHANNEL, ''))
    await (isSharded ? client.ssubscribe(CHANNEL) : client.subscribe(CHANNEL))
    return null
  } catch (error) {
    return bad(
      'redis',
      `answers, but does not let us say and hear what is new (${(error as Error).message})`,
      'give the user in WARREN_REDIS_URL the channels: "ACL SETUSER name &warren:* +@pubsub"',
    )
  }
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
