import { afterEach, describe, expect, test } from 'bun:test'
import { createPostgresDatabase } from './testing/databases.ts'
import type { TestNode } from './testing/node.ts'
import { hasPostgres } from './testing/postgres.ts'
import { hasRedis, type RedisServer, startRedis } from './testing/redis.ts'
import { askOps, figureOf, OPS, scrape, watchedNodes } from './testing/watched.ts'

const { start, stop } = watchedNodes()
let redis: RedisServer | null = null
afterEach(async () => {
  await stop()
  await redis?.stop()
  redis = null
})

/** Two nodes of one team. */
async function startPair(): Promise<[TestNode, TestNode]> {
  redis = await startRedis()
  const env = {
    ...OPS,
    WARREN_DATABASE_URL: await createPostgresDatabase(),
    WARREN_REDIS_URL: redis.url,
    WARREN_SECRET_KEY: 'a-secret-key-that-only-tests-have-0123456789',
    WARREN_AUTO_MIGRATE: 'on',
  }
  return [await start(env), await start(env)]
}

/** Asks again until the figure is this. */
async function untilFigure(node: TestNode, series: string, isIt: (figure: number) => boolean): Promise<void> {
  for (;;) if (isIt(figureOf(await scrape(node), series) ?? Number.NaN)) return
}

describe.if(hasPostgres && hasRedis)('two nodes, watched', () => {
  test('packets between nodes are counted, and that they hear each other', async () => {
    const [one, other] = await startPair()
    await untilFigure(one, 'warren_relay_up', (up) => up === 1)
    await untilFigure(other, 'warren_relay_up', (up) => up === 1)
    const [ann, bo] = [await one.person('ann'), await one.person('bo')]
    const socket = await (await other.signIn('bo')).connect()
    const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: [bo.id] })
    await socket.next('chat_created')

    await ann.post(`/api/chats/${body.chat.id}/messages`, { client_id: crypto.randomUUID(), content: 'tea?' })
    await socket.next('new_message')

    expect(figureOf(await scrape(one), 'warren_relay_packets_total{direction="out"}')).toBeGreaterThanOrEqual(
      2,
    )
    expect(
      figureOf(await scrape(other), 'warren_relay_packets_total{direction="in"}'),
    ).toBeGreaterThanOrEqual(2)
  })

  test('a Redis that is gone shows, and the nodes stay ready', async () => {
    const [one] = await startPair()
    await untilFigure(one, 'warren_relay_up', (up) => up === 1)

    redis?.signal('SIGKILL')
    await untilFigure(one, 'warren_relay_up', (up) => up === 0)
    const answer = await askOps(one, '/readyz')

    expect(answer.status).toBe(200)
    expect((await answer.json()).checks.redis).toEqual({ ok: false, needed: false })
    await untilFigure(one, 'warren_redis_command_errors_total', (errors) => errors > 0)
  })
})
