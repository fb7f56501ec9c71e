import { afterEach, describe, expect, test } from 'bun:test'
import { Redis } from 'ioredis'
import { hasRedis, type RedisServer, redisAddress, startRedis } from '../../testing/redis.ts'
import { createLog } from '../log.ts'
import { openRedis } from '../redis/redis.ts'
import { keepsRelayContract, type Listener, listenTo, untilHealthy } from './relay.contract.ts'
import { createRedisRelay } from './relay.redis.ts'

const CHANNELS = 64
let nodes = 0

async function joinAt(url: string, installation: string) {
  const redis = await openRedis(url, createLog('silent'))
  return createRedisRelay(redis, { installation, node: `node-${++nodes}` })
}

describe.if(hasRedis)('relay by Redis', () => {
  keepsRelayContract(async () => {
    const installation = crypto.randomUUID()
    return { join: async () => joinAt(await redisAddress(), installation) }
  })

  test('another installation on the same server hears nothing', async () => {
    const url = await redisAddress()
    const [ours, twin, theirs] = await Promise.all(
      ['ours', 'ours', 'theirs'].map(async (name) => listenTo(await joinAt(url, name))),
    )
    await Promise.all([ours, twin, theirs].map((each) => untilHealthy((each as Listener).relay)))

    ours?.relay.send('chat', 'secret')
    await twin?.until(1)

    expect(theirs?.heard).toEqual([])
    await Promise.all([ours, twin, theirs].map((each) => each?.relay.close()))
  })
})

describe.if(hasRedis)('a relay whose Redis is hurt', () => {
  let server: RedisServer
  const listeners: Listener[] = []
  const join = async (): Promise<Listener> => {
    const listener = listenTo(await joinAt(server.url, 'hurt'))
    listeners.push(listener)
    await untilHealthy(listener.relay)
    return listener
  }
  const untilUnhealthy = ({ relay }: Listener) => untilHealthy(relay, false)
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map(({ relay }) => relay.close()))
    await server.stop()
  })

  test('a server that died and came back empty is found, and carries packets again (F06)', async () => {
    server = await startRedis()
    const [a, b] = [await join(), await join()]

    server.signal('SIGKILL')
    await untilUnhealthy(a)
    a.relay.send('chat', 'lost')
    await server.start()
    await Promise.all([untilHealthy(a.relay), untilHealthy(b.relay)])
    a.relay.send('chat', 'found')
    await b.until(1)

    expect(b.heard).toEqual(['found'])
  })

  test('a server that hangs is noticed within two seconds, and is well again when it goes on (F07)', async () => {
    server = await startRedis()
    const a = await join()
    const began = performance.now()

    server.signal('SIGSTOP')
    await untilUnhealthy(a)
    const noticedMs = performance.now() - began
    server.signal('SIGCONT')
    await untilHealthy(a.relay)

    expect(noticedMs).toBeLessThan(2500)
  })

  test('listeners that are killed hear all channels again (F10)', async () => {
    server = await startRedis()
    const [a, b] = [await join(), await join()]
    const admin = new Redis(server.url)

    for (let round = 0; round < 3; round++) {
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await Promise.all([untilUnhealthy(a), untilUnhealthy(b)])
      await Promise.all([untilHealthy(a.relay), untilHealthy(b.relay)])
    }

    const channels = (await admin.pubsub('CHANNELS', 'warren:hurt:*')) as string[]
    const counts = (await admin.pubsub('NUMSUB', ...channels)) as (string | number)[]
    expect(counts.filter((_, at) => at % 2 === 1)).toEqual(Array.from({ length: CHANNELS }, () => 2))
    admin.disconnect()
  })
})
