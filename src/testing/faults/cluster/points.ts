import { now } from '../../checker/history.ts'
import type { ClusterNode } from '../../cluster/cluster.ts'
import { POINTS } from '../failpoints.ts'
import { between, type ClusterFault, isReady, note, pick, require, type Scene, until } from './scene.ts'

const DEAD_MS = 15_000
const READY_MS = 15_000

/** The nodes that were started with a point to kill themselves at. */
const armed = new WeakMap<ClusterNode, string>()

/** In turn each node, which kills itself when it passes its point under load. */
export const killAtPoints: ClusterFault = {
  id: 'F02',
  what: 'a node dies at exactly the points that matter',
  rounds: 200,
  smallRounds: 8,
  needsFailpoints: true,
  // Connected to others, one hears within 3 s of what the dead node committed and did not tell.
  withinMs: 3000,
  inject: async (scene) => {
    const node = scene.cluster.nodes[scene.injected % scene.cluster.nodes.length] as ClusterNode
    if (!armed.has(node)) {
      node.victim.signal('SIGKILL')
      await startArmed(scene, node)
    }
    const at = now()
    node.victim.signal('SIGUSR2')
    const timer = setTimeout(() => node.victim.signal('SIGTERM'), DEAD_MS)
    const how = await node.victim.ended
    clearTimeout(timer)
    const point = armed.get(node) ?? ''
    require(scene, how === 'SIGKILL', `${point} was not passed: ${how}`)
    note(scene, point, now() - at)
    await Bun.sleep(between(scene, 100, scene.isSmall ? 500 : 1000))
    await startArmed(scene, node)
  },
}

async function startArmed(scene: Scene, node: ClusterNode): Promise<void> {
  await node.victim.ended
  const point = pick(scene.random, POINTS)
  armed.set(node, point)
  await node.victim.start({ TRIP_AT: `${point}:${1 + Math.floor(scene.random() * 25)}` })
  const ready = await until(() => isReady(node), READY_MS)
  require(scene, ready < Infinity, `node ${node.name} is not ready after ${READY_MS} ms`)
  // Those who live with this node come back first, or nothing passes the point.
  await Bun.sleep(700)
}
