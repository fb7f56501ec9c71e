import { now } from '../../checker/history.ts'
import { startProxy, type TcpProxy } from '../../cluster/proxy.ts'
import { openFiles, percentile } from '../figures.ts'
import { between, type ClusterFault, hurtAgain, note, require, type Scene, until } from './scene.ts'

/** What befalls the way between people and the door: everybody who comes by the door goes over a wire of ours. */

const wires = new WeakMap<object, TcpProxy>()

/** Sends everybody over the wire who came by the door; they come back that way when it is cut. */
async function wireOf({ world, cluster }: Scene): Promise<TcpProxy> {
  const known = wires.get(world)
  if (known !== undefined) return known
  const wire = await startProxy({ port: Number(new URL(cluster.caddy.url).port) })
  wires.set(world, wire)
  // One place is the door of all of them.
  world.place.url = wire.via(cluster.caddy.url).replace(/\/$/, '')
  for (const { places, line } of world.devices) if (places[0] === world.place) line?.close()
  await until(() => world.devices.every(({ online }) => online !== null), 10_000)
  return wire
}

async function unwire({ world, cluster }: Scene): Promise<void> {
  world.place.url = cluster.caddy.url
  await wires.get(world)?.close()
}

const REAPED_MS = 65_000

export const flapping: ClusterFault = {
  id: 'F26',
  what: 'clients flap: resets, cuts in the middle of a frame, half-open connections',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const wire = await wireOf(scene)
    const files = filesOf(scene)
    const until60 = now() + (scene.isSmall ? 8000 : 60_000)
    while (now() < until60) {
      wire.cut()
      hurtAgain(scene)
      await Bun.sleep(between(scene, 500, 3000))
    }
    wire.hold('there', 'back')
    await Bun.sleep(scene.isSmall ? 3000 : 60_000)
    wire.hold()
    wire.cut()
    const took = await until(() => filesOf(scene) <= files + FEW, REAPED_MS, 500)
    note(scene, 'reaped', took)
    require(scene, took < Infinity, `${filesOf(scene)} files are open, before ${files}`)
  },
  end: unwire,
}

/** Connections to the database and kept-alive ones come and go. */
const FEW = 20

const filesOf = ({ cluster }: Scene): number =>
  cluster.nodes.reduce((sum, { victim }) => sum + openFiles(victim.pid), 0)

const ACK_MS = 2000

export const mobile: ClusterFault = {
  id: 'F30',
  what: 'a bad mobile net: 300 ± 200 ms, 50 kB/s, stalls of 5 s',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const wire = await wireOf(scene)
    wire.delay(50, 200)
    wire.throttle(50_000)
    const from = now()
    const end = from + (scene.isSmall ? 10_000 : 60_000)
    const stalls: [number, number][] = []
    while (now() < end) {
      await Bun.sleep(between(scene, 3000, 8000))
      if (scene.random() > 0.3) continue
      stalls.push([now(), now() + 5000])
      hurtAgain(scene)
      wire.hold('there', 'back')
      await Bun.sleep(5000)
      wire.hold()
    }
    const acks = scene.world.history.ops
      .filter(({ kind, at, outcome }) => kind === 'send' && outcome === 'ok' && at > from)
      .filter(({ at, endedAt }) => !stalls.some(([a, b]) => at < b && (endedAt ?? at) > a))
      .map(({ at, endedAt }) => (endedAt ?? at) - at)
    wire.delay(0)
    wire.throttle(Infinity)
    note(scene, 'ackP95', percentile(acks, 0.95))
    require(scene, percentile(acks, 0.95) <= ACK_MS, `acks took ${percentile(acks, 0.95)} ms (p95)`)
  },
  end: unwire,
}

export const slices: ClusterFault = {
  id: 'F31',
  what: 'every byte of the wire by itself, in pieces of one to three',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const wire = await wireOf(scene)
    for (const bytes of [1, 2, 3]) {
      wire.slice(bytes)
      await Bun.sleep(scene.isSmall ? 2000 : 10_000)
    }
    wire.slice(Infinity)
  },
  end: unwire,
}
