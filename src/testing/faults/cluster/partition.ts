import { now } from '../../checker/history.ts'
import { type ClusterFault, isReady, note, pickNode, require, until } from './scene.ts'

const UNREADY_MS = 7000
const READY_MS = 15_000
const GOODBYE_MS = 6000

/** By its wires: a network namespace would need the right to make one. */
export const partition: ClusterFault = {
  id: 'F40',
  what: 'a node is cut off from PostgreSQL and Redis, with its clients still there',
  rounds: 5,
  smallRounds: 1,
  inject: async (scene) => {
    const node = pickNode(scene)
    const { toPostgres, toRedis, victim } = node
    scene.world.history.goodbyes = []
    const from = now()
    const before = ackedBy(scene.world.history.ops, from)
    for (const wire of [toPostgres, toRedis]) wire.hold('there', 'back')
    const unready = await until(async () => !(await isReady(node)), UNREADY_MS, 100)
    note(scene, 'unready', unready)
    require(scene, unready < Infinity, `node ${node.name} still says that it is ready`)
    const living = scene.world.devices.filter(
      ({ places, online }) => places.length === 1 && places[0] === victim.place && online !== null,
    )
    const told = () => living.every(({ name }) => scene.world.history.goodbyes.includes(name))
    const goodbye = await until(told, GOODBYE_MS, 100)
    note(scene, 'goodbye', goodbye)
    require(scene, goodbye < Infinity, `nobody on node ${node.name} was told to go elsewhere`)
    await Bun.sleep(scene.isSmall ? 0 : 5000)
    for (const wire of [toPostgres, toRedis]) wire.hold()
    const ready = await until(() => isReady(node), READY_MS, 100)
    note(scene, 'ready', ready)
    require(scene, ready < Infinity, `node ${node.name} at ${victim.place.url} does not come back`)
    note(scene, 'ackedMeanwhile', ackedBy(scene.world.history.ops, now()) - before)
  },
}

const ackedBy = (ops: readonly { outcome: string; endedAt: number | null }[], at: number): number =>
  ops.filter(({ outcome, endedAt }) => outcome === 'ok' && (endedAt ?? Infinity) < at).length
