import type { LocalBus } from '../platform/realtime/bus.ts'
import { untilHealthy } from '../platform/realtime/relay.contract.ts'
import { createPostgresDatabase } from './databases.ts'
import { startTestNode, type TestNode, type TestPerson } from './node.ts'
import { type RedisServer, startRedis } from './redis.ts'
import type { TestSocket } from './socket.ts'

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

/** Ann on the one node, bo on the other, both connected; cy has an account and is signed in where bo is. */
export interface Apart {
  team: TestNodes
  people: { ann: TestPerson; bo: TestPerson; cy: TestPerson }
  sockets: { ann: TestSocket; bo: TestSocket }
  tea: string
}

/** Their chat is ann's and bo's, and of those who are named beside. */
export async function startApart(...others: 'cy'[]): Promise<Apart> {
  const team = await startTestNodes(2)
  const [one, other] = team.nodes as [TestNode, TestNode]
  const ann = await one.person('ann')
  for (const name of ['bo', 'cy']) await one.person(name)
  const people = { ann, bo: await other.signIn('bo'), cy: await other.signIn('cy') }
  const ids = (['bo', ...others] as const).map((name) => people[name].id)
  const { body } = await ann.post('/api/chats', { kind: 'group', name: 'Tea', member_ids: ids })
  const sockets = { ann: await ann.connect(), bo: await people.bo.connect() }
  return { team, people, sockets, tea: body.chat.id }
}

/** Whether the ticket in this address opened a socket. */
export function opensSocket(url: string): Promise<boolean> {
  const ws = new WebSocket(url)
  return new Promise((resolve) => {
    ws.addEventListener('message', () => {
      resolve(true)
      ws.close()
    })
    ws.addEventListener('close', () => resolve(false))
  })
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
