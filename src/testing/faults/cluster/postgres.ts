import connect from 'postgres'
import { now } from '../../checker/history.ts'
import { COMMIT } from '../../cluster/proxy.ts'
import { type ClusterFault, hurtAgain, note, require, type Scene, until } from './scene.ts'

/** What befalls the database. */

const FIRST_ACK_MS = 5000

export const crash: ClusterFault = {
  id: 'F11',
  what: 'PostgreSQL crashes and recovers',
  rounds: 30,
  smallRounds: 2,
  inject: async (scene) => {
    const { cluster, world } = scene
    const closes = world.history.closes.length
    await cluster.postgres.crash()
    const downAt = now()
    await Bun.sleep(scene.isSmall ? 3000 : 10_000)
    const early = acksSince(scene, downAt + ON_THE_WAY_MS)
    require(scene, early === 0, `${early} acks while there was no database`)
    await cluster.postgres.start()
    const upAt = now()
    await until(() => acksSince(scene, upAt) > 0, FIRST_ACK_MS * 2)
    note(scene, 'firstAck', now() - upAt)
    require(scene, now() - upAt <=
      FIRST_ACK_MS, `the first ack came ${Math.round(now() - upAt)} ms after recovery`)
    const closed = world.history.closes.slice(closes)
    require(scene, closed.length === 0, `sockets were closed: ${closed.join(' ')}`)
    await Bun.sleep(500)
  },
}

/** Acks that had left before the crash. */
const ON_THE_WAY_MS = 100

const acksSince = ({ world }: Scene, at: number): number =>
  world.history.ops.filter(
    ({ kind, outcome, acks }) => kind === 'send' && outcome === 'ok' && (acks[0]?.at ?? 0) > at,
  ).length

export const killBackends: ClusterFault = {
  id: 'F12',
  what: 'connections to PostgreSQL are ended at random, five a second',
  rounds: 4,
  smallRounds: 1,
  inject: async (scene) => {
    const admin = connect(`${scene.cluster.databaseUrl}`, { max: 1, onnotice: () => {} })
    const until = now() + (scene.isSmall ? 8000 : 30_000)
    let ended = 0
    while (now() < until) {
      const killed = await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'warren' order by random() limit 1`
      ended += killed.length
      await Bun.sleep(200)
    }
    note(scene, 'backendsEnded', ended)
    hurtAgain(scene, ended - 1)
    await Bun.sleep(2000)
    const leaked = await admin`select 1 from pg_stat_activity where application_name = 'warren'
      and state like 'idle in transaction%' and state_change < now() - interval '2 seconds'`
    require(scene, leaked.length === 0, `${leaked.length} transactions were left open`)
    await admin.end()
  },
}

const SAYS_NO_MS = 6000

export const hang: ClusterFault = {
  id: 'F13',
  what: 'PostgreSQL hangs',
  rounds: 3,
  smallRounds: 1,
  inject: async (scene) => {
    const { cluster, world } = scene
    cluster.postgres.signalAll('SIGSTOP')
    await Bun.sleep(300)
    const answers = await Promise.all(cluster.nodes.map(({ victim }) => sayOnce(scene, victim.place.url)))
    for (const { status, ms } of answers) {
      note(scene, 'saysNo', ms)
      require(scene, status === 503 &&
        ms <= SAYS_NO_MS, `while it hung: ${status} after ${Math.round(ms)} ms`)
    }
    await Bun.sleep(scene.isSmall ? 1000 : 13_000)
    cluster.postgres.signalAll('SIGCONT')
    const upAt = now()
    await until(() => acksSince({ ...scene, world }, upAt) > 0, FIRST_ACK_MS * 2)
    note(scene, 'firstAck', now() - upAt)
    await Bun.sleep(2000)
  },
}

/** A send by REST, which is in no history: nobody asks again. */
async function sayOnce({ world }: Scene, url: string): Promise<{ status: number; ms: number }> {
  const at = now()
  const answer = await fetch(`${url}/api/chats/${crypto.randomUUID()}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.people.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: crypto.randomUUID(), content: 'is anybody there' }),
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.text()
  return { status: answer?.status ?? 0, ms: now() - at }
}

export const cutCommits: ClusterFault = {
  id: 'F14',
  what: 'the connection is cut right after COMMIT was sent',
  rounds: 400,
  smallRounds: 24,
  inject: async (scene) => {
    const { toPostgres } = scene.cluster.nodes[
      Math.floor(scene.random() * scene.cluster.nodes.length)
    ] as Scene['cluster']['nodes'][number]
    const before = toPostgres.cuts
    let left = 1
    toPostgres.cutAfter(COMMIT, () => left-- > 0)
    const took = await until(() => toPostgres.cuts > before, 10_000, 2)
    toPostgres.cutAfter(null)
    require(scene, took < Infinity, 'no COMMIT was sent within 10 s')
    note(scene, 'cuts', toPostgres.cuts - before)
  },
}
