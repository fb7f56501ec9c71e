import { afterEach, describe, expect, test } from 'bun:test'
import { Redis } from 'ioredis'
import { hasRedis, type RedisServer, startRedis } from '../../testing/redis.ts'
import type { Log } from '../log.ts'
import { type Redis as Opened, openRedis } from './redis.ts'

describe.if(hasRedis)('a Redis that gives us no channels', () => {
  let server: RedisServer
  let admin: Redis
  let redis: Opened
  afterEach(async () => {
    redis.close()
    admin.disconnect()
    await server.stop()
  })

  const connections = async (): Promise<number> =>
    Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1])

  test('is asked again ever more seldom, is told of once, and is listened to as soon as it lets us', async () => {
    server = await startRedis()
    admin = new Redis(server.url)
    await admin.call('ACL', 'SETUSER', 'w', 'on', '>pw', '~*', '+@all')
    const told: string[] = []
    const note = (_: unknown, words?: string) => void told.push(String(words))
    const log = { warn: note, info: note, error: note } as unknown as Log
    const before = await connections()
    const began = performance.now()

    redis = await openRedis(`redis://w:pw@127.0.0.1:${server.port}`, log)
    const begun = Promise.withResolvers<void>()
    redis.subscribe({ channels: ['a', 'b'], hear: () => {}, begun: begun.resolve, lost: () => {} })
    let ended = 0
    redis.commands.on('close', () => ended++)
    while (told.length === 0) await connections()
    redis.reconnect()
    // The connection for commands, and the fifth that listens.
    while ((await connections()) < before + 1 + 5);
    const took = performance.now() - began
    await admin.call('ACL', 'SETUSER', 'w', 'allchannels')
    await begun.promise

    expect(took).toBeGreaterThan(500)
    expect(told).toEqual(['redis: could not subscribe'])
    expect(ended).toBe(0)
  })
})
