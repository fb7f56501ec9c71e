import connect from 'postgres'
import { COMMIT } from '../../cluster/proxy.ts'
import { askRedis } from './askRedis.ts'
import {
  between,
  type ClusterFault,
  hurtAgain,
  isReady,
  note,
  pick,
  pickNode,
  require,
  type Scene,
  until,
} from './scene.ts'

/** Something that goes wrong for a while; no two at once befall the same part. */
interface Trouble {
  name: string
  part: string
  /** Settles when it is healed. */
  strike(scene: Scene, ms: number): Promise<void>
}

const READY_MS = 20_000

const onNodes = (scene: Scene): Trouble[] => {
  const node = pickNode(scene)
  const { victim, toRedis, toPostgres } = node
  const start = async (): Promise<void> => {
    await victim.ended
    await victim.start()
    require(scene, (await until(() => isReady(node), READY_MS)) < Infinity, `node ${node.name} stays unready`)
  }
  const part = 'node'
  return [
    {
      name: 'kill',
      part,
      strike: async (_, ms) => {
        victim.signal('SIGKILL')
        await Bun.sleep(ms)
        await start()
      },
    },
    {
      name: 'drain',
      part,
      strike: async () => {
        victim.signal('SIGTERM')
        await start()
      },
    },
    {
      name: 'freeze',
      part,
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => victim.signal('SIGSTOP'),
          () => victim.signal('SIGCONT'),
        ),
    },
    {
      name: 'deaf',
      part,
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => toRedis.hold('back'),
          () => toRedis.hold(),
        ),
    },
    {
      name: 'partition',
      part,
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => [toRedis, toPostgres].map((wire) => wire.hold('there', 'back')),
          () => [toRedis, toPostgres].map((wire) => wire.hold()),
        ),
    },
    {
      name: 'slow database',
      part,
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => toPostgres.delay(30, 50),
          () => toPostgres.delay(0),
        ),
    },
  ]
}

async function hurtFor(ms: number, hurt: () => unknown, heal: () => unknown): Promise<void> {
  hurt()
  await Bun.sleep(ms)
  heal()
}

const onServices = ({ cluster }: Scene): Trouble[] => {
  const { redis, postgres, caddy, databaseUrl, nodes } = cluster
  return [
    {
      name: 'Redis killed',
      part: 'redis',
      strike: async (_, ms) => {
        redis.signal('SIGKILL')
        await Bun.sleep(ms)
        await redis.start()
      },
    },
    {
      name: 'Redis frozen',
      part: 'redis',
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => redis.signal('SIGSTOP'),
          () => redis.signal('SIGCONT'),
        ),
    },
    { name: 'Redis emptied', part: 'redis', strike: async () => void (await askRedis(redis, ['FLUSHALL'])) },
    {
      name: 'PostgreSQL crashed',
      part: 'postgres',
      strike: async (_, ms) => {
        await postgres.crash()
        await Bun.sleep(ms / 2)
        await postgres.start()
      },
    },
    {
      name: 'PostgreSQL frozen',
      part: 'postgres',
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => postgres.signalAll('SIGSTOP'),
          () => postgres.signalAll('SIGCONT'),
        ),
    },
    {
      name: 'backends ended',
      part: 'postgres',
      strike: async () => {
        const admin = connect(databaseUrl, { max: 1, onnotice: () => {} })
        await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'warren'`
        await admin.end()
      },
    },
    {
      name: 'commits cut',
      part: 'postgres',
      strike: (_, ms) =>
        hurtFor(
          ms,
          () => nodes.map(({ toPostgres }) => toPostgres.cutAfter(COMMIT, () => Math.random() < 0.05)),
          () => nodes.map(({ toPostgres }) => toPostgres.cutAfter(null)),
        ),
    },
    { name: 'Caddy reloaded', part: 'caddy', strike: () => caddy.reload() },
    {
      name: 'Caddy killed',
      part: 'caddy',
      strike: async () => {
        caddy.signal('SIGKILL')
        await caddy.start()
      },
    },
  ]
}

const EVERY_MS = 20_000

/** One to three of these at once, and time to heal; the seed of the run decides which. */
export const nemesis: ClusterFault = {
  id: 'F44',
  what: 'one to three troubles at once, at random',
  rounds: 90,
  smallRounds: 3,
  inject: async (scene) => {
    const began = performance.now()
    const struck = new Map<string, Trouble>()
    const count = 1 + Math.floor(scene.random() * 3)
    while (struck.size < count) {
      const trouble = pick(scene.random, [...onNodes(scene), ...onServices(scene)])
      if (!struck.has(trouble.part)) struck.set(trouble.part, trouble)
    }
    hurtAgain(scene, struck.size - 1)
    const names = [...struck.values()].map(({ name }) => name).join(' + ')
    const strikes = [...struck.values()].map(({ strike }) => strike(scene, between(scene, 1000, 8000)))
    await Promise.all(strikes)
    note(scene, names, performance.now() - began)
    const rest = (scene.isSmall ? EVERY_MS / 2 : EVERY_MS) - (performance.now() - began)
    await Bun.sleep(Math.max(2000, rest))
  },
}
