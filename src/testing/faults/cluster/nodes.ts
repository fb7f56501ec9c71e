import { type History, now, type Op } from '../../checker/history.ts'
import { allChats } from '../../checker/world.ts'
import type { ClusterNode } from '../../cluster/cluster.ts'
import {
  between,
  type ClusterFault,
  hurtAgain,
  isReady,
  note,
  pickNode,
  require,
  type Scene,
  until,
} from './scene.ts'

/** What befalls nodes. */

const BACK_MS = 10_000
const READY_MS = 15_000

export const kill: ClusterFault = {
  id: 'F01',
  what: 'a node is killed at any moment',
  rounds: 100,
  smallRounds: 6,
  inject: async (scene) => {
    const node = pickNode(scene)
    const at = now()
    await killNode(node)
    await Bun.sleep(scene.isSmall ? between(scene, 300, 1500) : between(scene, 1000, 10_000))
    await startAgain(scene, node)
    await noteReturns(scene, node, at)
  },
  end: async (scene) => requireReturns(scene),
}

const TALK_MS = 2500

export const killAll: ClusterFault = {
  id: 'F03',
  what: 'all nodes are killed together',
  rounds: 30,
  smallRounds: 2,
  inject: async (scene) => {
    await Promise.all(scene.cluster.nodes.map(killNode))
    await Bun.sleep(between(scene, 300, 2000))
    await Promise.all(scene.cluster.nodes.map((node) => startAgain(scene, node)))
    // Everybody comes back and says something before the next time.
    await Bun.sleep(TALK_MS)
  },
}

const DRAIN_MS = 30_000

export const roll: ClusterFault = {
  id: 'F04',
  what: 'a rolling restart',
  rounds: 10,
  smallRounds: 2,
  inject: async (scene) => {
    const isOver = { yet: false }
    const probing = probe(scene, isOver)
    hurtAgain(scene, scene.cluster.nodes.length - 1)
    for (const node of scene.cluster.nodes) {
      const at = now()
      node.victim.signal('SIGTERM')
      const how = await node.victim.ended
      const took = now() - at
      note(scene, 'drain', took)
      require(scene, how === 0, `SIGTERM of node ${node.name} ended with ${how}`)
      require(scene, took < DRAIN_MS, `SIGTERM of node ${node.name} took ${took} ms`)
      await startAgain(scene, node)
      // Caddy asks each second.
      await Bun.sleep(1500)
    }
    isOver.yet = true
    await probing
  },
  end: async (scene) => {
    const sends = scene.world.history.ops.filter(({ kind }) => kind === 'send')
    // What was refused for another reason (no member any more) was answered.
    const failed = sends.filter(({ endedAt, why }) => endedAt === null || why.startsWith('internal'))
    require(scene, failed.length ===
      0, `failed after retry: ${failed.map(({ why, attempts }) => `${attempts}x ${why}`).join(', ')}`)
    const unacked = await countUnacked(scene, sends)
    note(scene, 'unacked', unacked)
    require(scene, unacked <=
      sends.length / 1000, `${unacked} of ${sends.length} were committed without an ack`)
    const probes = scene.figures.probe ?? []
    const unanswered = scene.figures.probeFailed?.length ?? 0
    require(scene, unanswered <= probes.length / 1000, `${unanswered} of ${probes.length} probes failed`)
  },
}

/** Stored before they were asked for the last time: the first asking was committed, and its ack never came. */
async function countUnacked({ world }: Scene, sends: readonly Op[]): Promise<number> {
  const stored = await world.truth.chats(allChats(world))
  const createdAt = new Map(stored.flatMap(({ rows }) => rows.map((row) => [row.client_id, row.createdAt])))
  return sends.filter(
    ({ key, unanswered, lastAskedAt }) => unanswered > 0 && (createdAt.get(key) ?? Infinity) < lastAskedAt,
  ).length
}

const PROBE_MS = 100

/** One request each 100 ms through the door: `probe` holds how long each took, `probeFailed` those without a 200. */
async function probe(scene: Scene, isOver: { yet: boolean }): Promise<void> {
  const { ground } = scene.cluster
  const { ada } = scene.world.people
  const asking: Promise<void>[] = []
  while (!isOver.yet) {
    asking.push(askOnce(scene, `${ground.place.url}/api/auth/me`, ada.token))
    await Bun.sleep(PROBE_MS)
  }
  await Promise.all(asking)
}

async function askOnce(scene: Scene, url: string, token: string): Promise<void> {
  const at = now()
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) }).catch(() => null)
  await answer?.text()
  note(scene, 'probe', now() - at)
  if (answer?.status !== 200) note(scene, 'probeFailed', answer?.status ?? 0)
}

const FROZEN_MS = [5000, 20_000, 60_000]

export const freeze: ClusterFault = {
  id: 'F05',
  what: 'a node stands still and comes back',
  rounds: 6,
  smallRounds: 1,
  inject: async (scene) => {
    const node = pickNode(scene)
    const ms = scene.isSmall ? 4000 : (FROZEN_MS[scene.injected % FROZEN_MS.length] ?? 5000)
    node.victim.signal('SIGSTOP')
    await Bun.sleep(ms)
    node.victim.signal('SIGCONT')
    require(scene, (await until(() => isReady(node), READY_MS)) < Infinity, `node ${node.name} stays unready`)
  },
}

export const stall: ClusterFault = {
  id: 'F39',
  what: 'the event loop of a node stands still for 3 s',
  rounds: 10,
  smallRounds: 1,
  inject: async (scene) => {
    const node = pickNode(scene)
    const before = scene.world.history.closes.length
    node.victim.signal('SIGSTOP')
    await Bun.sleep(3000)
    node.victim.signal('SIGCONT')
    await Bun.sleep(1000)
    const closes = scene.world.history.closes.length - before
    require(scene, closes === 0, `${closes} sockets were closed`)
  },
}

async function killNode({ victim }: ClusterNode): Promise<void> {
  victim.signal('SIGKILL')
  await victim.ended
}

async function startAgain(scene: Scene, node: ClusterNode): Promise<void> {
  note(scene, 'start', await node.victim.start())
  const ready = await until(() => isReady(node), READY_MS)
  require(scene, ready < Infinity, `node ${node.name} is not ready after ${READY_MS} ms`)
}

/** How soon they were back whose connection ended with the node, and who may go elsewhere. */
/** Who is not back after the longest that is allowed counts as never back. */
async function noteReturns(scene: Scene, node: ClusterNode, killedAt: number): Promise<void> {
  const { devices, history } = scene.world
  const others = devices.filter(({ places }) => places.length > 1 || places[0] !== node.victim.place)
  const returns = (): number[] =>
    others.map(({ name }) => returnOf(history, name, killedAt)).filter((ms) => ms !== null)
  await until(() => returns().every((ms) => ms < Infinity), Math.max(0, killedAt + BACK_MS - now()))
  note(scene, 'return', ...returns())
}

/** Null when this device's connection did not end then. */
function returnOf({ online }: History, name: string, at: number): number | null {
  const spans = online.filter(({ device }) => device === name)
  const ended = spans.findLast(({ to }) => to !== null && to >= at && to < at + 1000)
  if (ended === undefined) return null
  const next = spans.find(({ from }) => from > (ended.to ?? 0))
  return (next?.from ?? Infinity) - at
}

function requireReturns(scene: Scene): void {
  const all = (scene.figures.return ?? []).toSorted((a, b) => a - b)
  const p95 = all[Math.floor(all.length * 0.95)] ?? 0
  require(scene, p95 <= BACK_MS, `clients of a dead node were back after ${p95} ms (p95)`)
}
