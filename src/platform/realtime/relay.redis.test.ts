import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
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

/** Three servers that share the slots of a cluster. */
async function startRedisCluster(): Promise<RedisServer[]> {
  const servers = await Promise.all([1, 2, 3].map(() => startRedis(['--cluster-enabled', 'yes'])))
  const clients = servers.map(({ url }) => new Redis(url))
  for (const [at, client] of clients.entries()) {
    await client.cluster('ADDSLOTSRANGE', Math.ceil((at * 16384) / 3), Math.ceil(((at + 1) * 16384) / 3) - 1)
    for (const { port } of servers) await client.cluster('MEET', '127.0.0.1', port)
  }
  for (const client of clients) {
    while (!String(await client.cluster('INFO')).includes('cluster_state:ok')) await client.ping()
    client.disconnect()
  }
  return servers
}

describe.if(hasRedis)('relay by a cluster of Redis', () => {
  let servers: RedisServer[] = []
  beforeAll(async () => {
    servers = await startRedisCluster()
  })
  afterAll(() => Promise.all(servers.map((server) => server.stop())))

  keepsRelayContract(async () => {
    const installation = crypto.randomUUID()
    return { join: () => joinAt(`${servers[0]?.url}?cluster=1`, installation) }
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

  test('one channel of all that is deaf is noticed within two seconds, and the others do not make up for it', async () => {
    server = await startRedis()
    const redis = await openRedis(server.url, createLog('silent'))
    const cut = { channel: '', reconnects: 0 }
    const again = Promise.withResolvers<void>()
    const { publish, reconnect } = redis
    redis.publish = (channel, text) => {
      if (!channel.endsWith(cut.channel || 'none')) publish(channel, text)
    }
    redis.reconnect = () => {
      reconnect()
      if (++cut.reconnects === 2) again.resolve()
    }
    const a = listenTo(createRedisRelay(redis, { installation: 'hurt', node: 'a' }))
    listeners.push(a)
    await untilHealthy(a.relay)
    const began = performance.now()
    cut.channel = ':17'
    await untilUnhealthy(a)
    const noticedMs = performance.now() - began
    let wasWell = false
    redis.onHealth((isWell) => {
      wasWell ||= isWell
    })
    await again.promise

    expect(noticedMs).toBeLessThan(2500)
    expect(wasWell).toBe(false)
    cut.channel = ''
    await untilHealthy(a.relay)
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
