import { type NodesGround, openNodesGround, runSeconds } from './nodes.ground.ts'
import { type Delays, openPace, type Place, requireAll } from './pace.ts'
import { type Estimate, estimate } from './statistics.ts'
import type { Chat, Serving } from './warren.ts'

/** Microseconds a message, over what the processes cost while nobody speaks. */
export interface Hop {
  members: number
  /** Of the node on which nobody hears the chat, and of Redis. */
  relay: Estimate
  redis: Estimate
  /** Of the node on which all members listen, less what as many listeners cost the node that was spoken to. */
  beyond: Estimate
}

export interface TwoNodes {
  added: Delays
  ack: Delays
  hops: Hop[]
}

interface Pair {
  ground: NodesGround
  a: Serving
  b: Serving
}

export interface HopShape {
  members: number
  rate: number
}

/** B9: what it costs that the listener is on another node, in time and in CPU. */
export async function measureTwoNodes(
  shapes: readonly HopShape[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<TwoNodes> {
  const ground = await openNodesGround()
  const pair = { ground, a: await ground.serve(), b: await ground.serve() }
  // Their first words to each other, and what the runtime compiles.
  const { added, ack } = await measureDelay(pair, seconds * rounds)
  const hops: Hop[] = []
  for (const shape of shapes) hops.push(await measureHop(pair, shape, { rounds, seconds }))
  await ground.end()
  return { added, ack, hops }
}

const DELAY_RATE = 200

async function measureDelay(
  { ground, a, b }: Pair,
  seconds: number,
): Promise<{ added: Delays; ack: Delays }> {
  const people = await ground.addPeople(3)
  const chat = await ground.addChannel(people)
  const pace = await openPace(
    [placeOf(chat, 0, a, 'say'), placeOf(chat, 1, a, 'hear'), placeOf(chat, 2, b, 'hear')],
    'either',
  )
  requireAll(await pace.run(5, DELAY_RATE))
  const { added, ack } = requireAll(await pace.run(seconds, DELAY_RATE))
  await pace.end()
  return { added, ack }
}

const placeOf = (chat: Chat, member: number, node: Serving, role: Place['role']): Place => ({
  port: node.port,
  token: chat.members[member]?.token ?? '',
  chatId: chat.id,
  role,
})

interface Timing {
  rounds: number
  seconds: number
}

/** So often that what a node does by itself is little beside it. */
const RELAY_RATE = 200

/** In turn: nobody listens, all listen on the first node, all on the second. */
async function measureHop(
  pair: Pair,
  { members, rate }: HopShape,
  { rounds, seconds }: Timing,
): Promise<Hop> {
  const { ground, a, b } = pair
  const chat = await ground.addChannel(await ground.addPeople(members))
  const costs: { relay: number; redis: number; beyond: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const relayed = await costOf(pair, chat, { rate: RELAY_RATE, seconds, on: null })
    const alone = await costOf(pair, chat, { rate, seconds, on: null })
    const near = await costOf(pair, chat, { rate, seconds, on: a })
    const far = await costOf(pair, chat, { rate, seconds, on: b })
    costs.push({ relay: relayed.b, redis: relayed.redis, beyond: far.b - (near.a - alone.a) })
  }
  return {
    members,
    relay: estimate(costs.map(({ relay }) => relay)),
    redis: estimate(costs.map(({ redis }) => redis)),
    beyond: estimate(costs.map(({ beyond }) => beyond)),
  }
}

const SETTLE_S = 2

/** Microseconds a message of each process. */
interface Costs {
  a: number
  b: number
  redis: number
}

interface Listening {
  rate: number
  seconds: number
  /** Where all but the first member listen. */
  on: Serving | null
}

async function costOf(pair: Pair, chat: Chat, { rate, seconds, on }: Listening): Promise<Costs> {
  const others = on === null ? [] : chat.members.slice(1).map((_, i) => placeOf(chat, i + 1, on, 'hear'))
  const pace = await openPace([placeOf(chat, 0, pair.a, 'say'), ...others], 'either')
  // What opening the sockets has left to do is done then.
  requireAll(await pace.run(SETTLE_S, rate))
  const before = clocks(pair)
  await Bun.sleep(seconds * 1000)
  const idle = lessOf(clocks(pair), before)
  const begun = clocks(pair)
  const { said, seconds: took } = requireAll(await pace.run(seconds, rate))
  const spent = lessOf(clocks(pair), begun)
  await pace.end()
  const each = (part: keyof Costs): number => ((spent[part] - idle[part] * (took / seconds)) * 1e6) / said
  return { a: each('a'), b: each('b'), redis: each('redis') }
}

const clocks = ({ ground, a, b }: Pair): Costs => ({
  a: runSeconds(a.pid),
  b: runSeconds(b.pid),
  redis: runSeconds(ground.redis.pid),
})

const lessOf = (after: Costs, before: Costs): Costs => ({
  a: after.a - before.a,
  b: after.b - before.b,
  redis: after.redis - before.redis,
})
