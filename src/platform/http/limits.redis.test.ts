import { afterEach, describe, expect, test } from 'bun:test'
import { hasRedis, type RedisServer, startRedis } from '../../testing/redis.ts'
import { redisGround } from '../../testing/redisGround.ts'
import { keepsLimitsContract, LIMIT, refusalOf } from './limits.contract.ts'
import { createRedisLimits } from './limits.redis.ts'

const ground = redisGround()
let server: RedisServer | undefined
afterEach(async () => {
  ground.close()
  await server?.stop()
  server = undefined
})

describe.if(hasRedis)('limits by Redis', () => {
  keepsLimitsContract(async (factor) => createRedisLimits(await ground.join(), crypto.randomUUID(), factor))

  test('what is rare is counted over all nodes', async () => {
    const team = crypto.randomUUID()
    const [one, other] = [await ground.join(), await ground.join()].map((redis) =>
      createRedisLimits(redis, team, 1),
    )

    await one?.spend(LIMIT, 'ann')
    await other?.spend(LIMIT, 'ann')

    expect(await refusalOf(one?.spend(LIMIT, 'ann') as Promise<void>)).not.toBeNull()
    expect(await refusalOf(other?.check(LIMIT, 'ann') as Promise<void>)).not.toBeNull()
  })

  test('who spends what is frequent on three nodes gets no more than a quarter for each on top', async () => {
    const team = crypto.randomUUID()
    const limit = { ...LIMIT, points: 100, isFrequent: true } as const
    const nodes = [await ground.join(), await ground.join(), await ground.join()]
    const limits = nodes.map((redis) => createRedisLimits(redis, team, 1))
    let spent = 0

    for (let round = 0; round < 100; round++)
      for (const [at, each] of limits.entries()) {
        if ((await refusalOf(each.spend(limit, 'ann'))) === null) spent++
        // What was told before is answered before this.
        await nodes[at]?.commands.ping()
      }

    expect(spent).toBeGreaterThanOrEqual(100)
    expect(spent).toBeLessThanOrEqual(100 + 3 * 25)
  })

  test('a server that hangs costs at most 200 ms, and its node goes on counting by itself', async () => {
    server = await startRedis()
    const limits = createRedisLimits(await ground.join(server.url), 'team', 1)
    server.signal('SIGSTOP')
    const began = performance.now()

    await limits.spend(LIMIT, 'ann')
    await limits.spend({ ...LIMIT, isFrequent: true }, 'bo')

    expect(performance.now() - began).toBeLessThan(1000)
    await limits.spend(LIMIT, 'ann')
    expect(await refusalOf(limits.spend(LIMIT, 'ann'))).toMatchObject({ code: 'rate_limited' })
    server.signal('SIGCONT')
  })

  test('counts and scripts that were flushed are begun anew (F08)', async () => {
    server = await startRedis()
    const redis = await ground.join(server.url)
    const limits = createRedisLimits(redis, 'team', 1)
    await limits.spend(LIMIT, 'ann', 2)

    await redis.commands.call('FLUSHALL')
    await redis.commands.call('SCRIPT', 'FLUSH')

    expect(await refusalOf(limits.spend(LIMIT, 'ann', 2))).toBeNull()
    expect(await refusalOf(limits.spend(LIMIT, 'ann'))).not.toBeNull()
  })
})
