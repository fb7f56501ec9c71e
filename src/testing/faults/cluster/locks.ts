import connect from 'postgres'
import { now } from '../../checker/history.ts'
import { percentile } from '../figures.ts'
import { type ClusterFault, note, require, type Scene } from './scene.ts'

/** Locks and connections of the database that somebody else holds. */

const SAYS_NO_MS = 3000

export const heldChat: ClusterFault = {
  id: 'F17',
  what: 'somebody holds the row of a hot chat',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const { world, cluster } = scene
    const from = now()
    await Bun.sleep(scene.isSmall ? 3000 : 10_000)
    const base = percentile(acksOf(scene, from, now()), 0.99)
    const admin = connect(cluster.databaseUrl, { max: 1, onnotice: () => {} })
    const held = now()
    await admin.begin(async (sql) => {
      await sql`select 1 from chats where id = ${world.chats.tea} for update`
      await Bun.sleep(500)
      const { status, ms } = await sayTo(scene, world.chats.tea)
      note(scene, 'saysNo', ms)
      require(scene, status === 503 &&
        ms <= SAYS_NO_MS, `to the held chat: ${status} after ${Math.round(ms)} ms`)
      await Bun.sleep(scene.isSmall ? 5000 : 60_000)
    })
    const others = percentile(acksOf(scene, held, now(), world.chats.tea), 0.99)
    note(scene, 'othersP99', others)
    note(scene, 'baseP99', base)
    // Below 100 ms the machine's own noise is more than that.
    require(scene, others < Math.max(100, 2 * base), `others' acks ${others} ms, before ${base} ms (p99)`)
    await admin.end()
  },
}

/** By a message that no history knows: what is refused is not asked for again. */
async function sayTo({ world }: Scene, chat: string): Promise<{ status: number; ms: number }> {
  const at = now()
  const answer = await fetch(`${world.place.url}/api/chats/${chat}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.people.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: crypto.randomUUID(), content: 'is it free' }),
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.text()
  return { status: answer?.status ?? 0, ms: now() - at }
}

const acksOf = ({ world }: Scene, from: number, to: number, but = ''): number[] =>
  world.history.ops
    .filter(
      ({ kind, chat, outcome, at, endedAt }) =>
        kind === 'send' && outcome === 'ok' && chat !== but && at >= from && (endedAt ?? Infinity) <= to,
    )
    .map(({ at, endedAt }) => (endedAt ?? at) - at)

const TAKEN = 15

export const fewConnections: ClusterFault = {
  id: 'F18',
  what: 'PostgreSQL has 20 connections, and 15 are taken',
  rounds: 2,
  smallRounds: 1,
  settings: ['max_connections=20'],
  inject: async (scene) => {
    const { cluster, world } = scene
    const taken = await Promise.all(
      Array.from({ length: TAKEN }, async () => {
        const one = connect(cluster.databaseUrl, { max: 1, onnotice: () => {} })
        await one`select 1`.catch(() => {})
        return one
      }),
    )
    const before = world.history.ops.length
    await Bun.sleep(scene.isSmall ? 5000 : 30_000)
    const since = world.history.ops.slice(before).filter(({ outcome }) => outcome === 'ok')
    note(scene, 'ackedMeanwhile', since.length)
    for (const { victim, name } of cluster.nodes)
      require(scene, Bun.spawnSync(['kill', '-0', String(victim.pid)]).exitCode === 0, `node ${name} is gone`)
    await Promise.all(taken.map((one) => one.end({ timeout: 1 })))
    await Bun.sleep(2000)
  },
}
