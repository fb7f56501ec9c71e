import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { freshSqlite } from '../../testing/databases.ts'
import { hasRedis, type RedisServer, startRedis } from '../../testing/redis.ts'
import { redisGround } from '../../testing/redisGround.ts'
import { keepsKvContract } from './kv.contract.ts'
import { createDatabaseKv } from './kv.database.ts'
import { createMemoryKv } from './kv.memory.ts'
import { createRedisKv } from './kv.redis.ts'

const ground = redisGround()
let server: RedisServer | undefined
afterEach(async () => {
  ground.close()
  await server?.stop()
  server = undefined
})

const clock = { now: () => Date.now() }
const untilPast = async (ms: number): Promise<void> => {
  const end = performance.now() + ms
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve))
}

describe.if(hasRedis)('kv by Redis', () => {
  keepsKvContract(async () => ({
    kv: createRedisKv(await ground.join(), crypto.randomUUID(), createMemoryKv(clock)),
    pass: untilPast,
  }))

  test('what was kept while it was away is found when it is back, once', async () => {
    const redis = await ground.join()
    const kv = createRedisKv(redis, crypto.randomUUID(), createMemoryKv(clock))

    redis.setHealth(false)
    await kv.set('ticket', 'ann', 60_000)
    redis.setHealth(true)
    const taken = await Promise.all(Array.from({ length: 50 }, () => kv.take('ticket')))

    expect(taken.filter((value) => value !== null)).toEqual(['ann'])
  })

  test('of a server that hangs nobody knows whether it took a fact: it is refused, and kept nowhere', async () => {
    server = await startRedis()
    const insurance = createMemoryKv(clock)
    const kv = createRedisKv(await ground.join(server.url), 'team', insurance)
    server.signal('SIGSTOP')

    await expect(kv.set('ticket', 'ann', 60_000)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(kv.take('ticket')).rejects.toMatchObject({ code: 'unavailable' })

    expect(await insurance.get('ticket')).toBeNull()
    server.signal('SIGCONT')
  })
})

describe('kv in the database', () => {
  const open: { close(): Promise<void> }[] = []
  afterAll(async () => {
    for (const each of open) await each.close()
  })

  keepsKvContract(async () => {
    const database = await freshSqlite()
    open.push(database)
    let now = 1_000
    const kv = createDatabaseKv(database.db, { now: () => now })
    return {
      kv,
      pass: async (ms) => {
        now += ms
      },
    }
  })

  test('what has expired is forgotten as new facts come', async () => {
    const database = await freshSqlite()
    open.push(database)
    let now = 1_000
    const kv = createDatabaseKv(database.db, { now: () => now })
    for (let at = 0; at < 5; at++) await kv.set(`old ${at}`, 'x', 10)

    now += 20
    await kv.set('new', 'y', 10)

    expect(await database.db.read`select name from facts`).toEqual([{ name: 'new' }])
  })
})
