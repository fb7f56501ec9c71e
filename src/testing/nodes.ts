import type { LocalBus } from '../platform/realtime/bus.ts'
import { untilHealthy } from '../platform/realtime/relay.contract.ts'
import { createPostgresDatabase } from './databases.ts'
import { startTestNode, type TestNode } from './node.ts'
import { type RedisServer, startRedis } from './redis.ts'

/** Several nodes of one team in this process, over one PostgreSQL and a Redis of their own. */
export interface TestNodes {
  nodes: TestNode[]
  redis: RedisServer
  /** A further node. */
  join(): Promise<TestNode>
  /** Settles when every node hears the others, or when none does. */
  untilHeard(isHeard?: boolean): Promise<void>
  stop(): Promise<void>
}

export async function startTestNodes(count: number, env: Record<string, string> = {}): Promise<TestNodes> {
  const redis = await startRedis()
  const all = {
    WARREN_DATABASE_URL: await createPostgresDatabase(),
    WARREN_REDIS_URL: redis.url,
    WARREN_SECRET_KEY: 'a-secret-key-that-only-tests-have-0123456789',
    WARREN_AUTO_MIGRATE: 'on',
    ...env,
  }
  const nodes: TestNode[] = []
  const join = async (): Promise<TestNode> => {
    const node = await startTestNode(all)
    nodes.push(node)
    return node
  }
  for (let at = 0; at < count; at++) await join()
  const untilHeard = async (isHeard = true): Promise<void> => {
    await Promise.all(nodes.map(({ node }) => untilHealthy((node.app.bus as LocalBus).relay, isHeard)))
  }
  await untilHeard()
  return {
    nodes,
    redis,
    join,
    untilHeard,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()))
      await redis.stop()
    },
  }
}
