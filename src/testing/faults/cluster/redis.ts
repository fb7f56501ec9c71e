import type { Device, Place } from '../../checker/device.ts'
import { send } from '../../checker/doing.ts'
import { lags } from '../../checker/findings.heard.ts'
import { make } from '../../checker/founding.ts'
import { now } from '../../checker/history.ts'
import { allChats } from '../../checker/world.ts'
import type { ClusterNode } from '../../cluster/cluster.ts'
import { percentile } from '../figures.ts'
import { askRedis } from './askRedis.ts'
import { removeSomebody, revokeSomebody } from './outsiders.ts'
import { type ClusterFault, note, pickNode, require, type Scene, until } from './scene.ts'

/** What befalls Redis: it is never more than a faster way. */

export const killRedis: ClusterFault = {
  id: 'F06',
  what: 'Redis is killed and comes back empty',
  rounds: 4,
  smallRounds: 1,
  inject: async (scene) => {
    const { redis } = scene.cluster
    await withoutRedis(scene, async () => {
      redis.signal('SIGKILL')
      await Bun.sleep(scene.isSmall ? 8000 : 30_000)
      await redis.start()
    })
  },
}

const ACK_MS = 500

export const freezeRedis: ClusterFault = {
  id: 'F07',
  what: 'Redis takes connections and does not answer',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const { redis } = scene.cluster
    const from = now()
    await withoutRedis(scene, async () => {
      redis.signal('SIGSTOP')
      await Bun.sleep(scene.isSmall ? 8000 : 60_000)
      redis.signal('SIGCONT')
    })
    const acks = scene.world.history.ops
      .filter(({ kind, outcome, at }) => kind === 'send' && outcome === 'ok' && at >= from)
      .map(({ at, endedAt }) => (endedAt ?? at) - at)
    const p99 = percentile(acks, 0.99)
    note(scene, 'ackP99', p99)
    require(scene, p99 <= ACK_MS, `acks took ${Math.round(p99)} ms (p99) while Redis hung`)
  },
}

export const emptyRedis: ClusterFault = {
  id: 'F08',
  what: 'Redis forgets everything',
  rounds: 12,
  smallRounds: 2,
  inject: async (scene) => {
    const before = scene.world.history.closes.length
    await askRedis(scene.cluster.redis, ['FLUSHALL'], ['SCRIPT', 'FLUSH'])
    await Bun.sleep(scene.isSmall ? 1000 : 5000)
    const closes = scene.world.history.closes.slice(before)
    require(scene, closes.length === 0, `sockets were closed: ${closes.join(' ')}`)
  },
}

const DELIVERY_MS = 2000
/** Without Redis. */
const OUT_MS = 5000

/** Beside the load: delivery p99 ≤ 2 s, and whoever is removed or signed out is out within 5 s. */
async function withoutRedis(scene: Scene, hurt: () => Promise<void>): Promise<void> {
  const { world } = scene
  const from = now()
  const hurting = hurt()
  await Bun.sleep(1000)
  await removeSomebody(scene, OUT_MS)
  await revokeSomebody(scene, OUT_MS)
  await hurting
  const to = now()
  world.history.stored = await world.truth.chats(allChats(world))
  world.history.devices = world.devices.map(({ name, userId }) => ({
    device: name,
    user: userId,
    chats: new Map(),
  }))
  const during = lags(world.history, DELIVERY_MS)
    .filter(({ op }) => (op.acks[0]?.at ?? 0) >= from && (op.acks[0]?.at ?? 0) <= to - DELIVERY_MS)
    .map(({ ms }) => Math.min(ms, 60_000))
  const p99 = percentile(during, 0.99)
  note(scene, 'deliveryP99', p99)
  require(scene, p99 <= DELIVERY_MS, `delivery took ${Math.round(p99)} ms (p99)`)
}

export const deafNode: ClusterFault = {
  id: 'F09',
  what: 'a node speaks to Redis and hears nothing; the last message of a chat is the lost one',
  rounds: 20,
  smallRounds: 2,
  inject: async (scene) => {
    const { cluster, world } = scene
    const deaf = pickNode(scene)
    const speaker = world.devices.find(
      ({ places, userId }) =>
        userId === world.people.ada.id && places.length === 1 && places[0] !== deaf.victim.place,
    )
    if (speaker === undefined) throw new Error('nobody speaks from another node')
    const pair = await openPair(scene, deaf)
    require(scene, pair !== null || scene.isSmall, 'nobody could begin a chat at the deaf node')
    deaf.toRedis.hold('back')
    await Bun.sleep(scene.isSmall ? 500 : 1500)
    const beginning = pair === null ? null : beginPair(scene, pair)
    const chat = world.chats.tea
    const op = await send(speaker, chat, { content: `the last words before ${crypto.randomUUID()}` })
    const rev = op.acks[0]?.rev ?? 0
    const at = now()
    const listening = world.devices.filter(
      ({ places, online, mirrors }) =>
        places.length === 1 && places[0] === deaf.victim.place && online !== null && mirrors.has(chat),
    )
    const all = () => listening.every(({ mirrors }) => (mirrors.get(chat)?.rev ?? Infinity) >= rev)
    await until(all, DELIVERY_MS * 2, 5)
    note(scene, 'tail', now() - at)
    require(scene, now() - at <= DELIVERY_MS, `the tail took ${Math.round(now() - at)} ms`)
    await beginning
    require(scene, listening.length > 0 && cluster.nodes.length > 1, 'nobody listened on the deaf node')
    await Bun.sleep(scene.isSmall ? 1000 : 2000)
    deaf.toRedis.hold()
  },
}

interface Pair {
  chat: string
  /** Of the other side, at the deaf node. */
  listener: Device
  founder: Device
  /** Another node. */
  at: Place
}

/** A direct chat that one side on the deaf node hears, for they made it, and the other does not yet. */
async function openPair({ world, cluster, random }: Scene, deaf: ClusterNode): Promise<Pair | null> {
  const here = world.devices.filter(
    ({ places, online, name }) =>
      places.length === 1 && places[0] === deaf.victim.place && online !== null && !name.startsWith('cy'),
  )
  const [founder, ...others] = here.toSorted(() => random() - 0.5)
  const listener = others.find(({ userId }) => userId !== founder?.userId)
  const at = cluster.nodes.find((node) => node !== deaf)?.victim.place
  if (founder === undefined || listener === undefined || at === undefined) return null
  const chat = await make(world, founder, { kind: 'direct', member_ids: [listener.userId] })
  return chat === null ? null : { chat, founder, listener, at }
}

/** The first word, from another node: only the sweep tells the other side that there is such a chat. */
async function beginPair(scene: Scene, { chat, founder, listener, at }: Pair): Promise<void> {
  await send(founder, chat, { content: `the first word ${crypto.randomUUID()}`, at })
  const said = now()
  const took = await until(() => listener.mirrors.has(chat), DELIVERY_MS * 2, 5)
  note(scene, 'firstWord', now() - said)
  require(scene, took <= DELIVERY_MS, `a first word took ${Math.round(now() - said)} ms`)
}
