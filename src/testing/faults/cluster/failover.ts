import { now } from '../../checker/history.ts'
import { postgresTruth, type Truth } from '../../checker/truth.ts'
import { allChats, type World } from '../../checker/world.ts'
import { type ClusterFault, note, require, type Scene, until } from './scene.ts'
import { addStandby, fence, moveAddress, promote, urlOf } from './standby.ts'

/** The first server dies, and a standby takes its place and its address. */

const FIRST_ACK_MS = 15_000

export const failover: ClusterFault = {
  id: 'F16',
  what: 'the database fails over to its synchronous standby',
  rounds: 5,
  smallRounds: 1,
  settings: ['dynamic_shared_memory_type=mmap'],
  inject: async (scene) => {
    const { cluster } = scene
    const standby = await addStandby(cluster, true)
    await Bun.sleep(scene.isSmall ? 1500 : 4000)
    await fence(cluster)
    const at = now()
    await moveAddress(cluster, standby)
    await promote(cluster, standby)
    await requireFirstAck(scene, at)
  },
}

const LOST_FOR_MS = 1500
/** C5: everybody has been told so soon. */
const TOLD_MS = 30_000

/** What was acknowledged in the last moments is gone: whoever has seen it is told. */
export const lossyFailover: ClusterFault = {
  id: 'F16',
  what: 'the database fails over to a standby that lacks the last moments',
  founding: 0,
  rounds: 5,
  smallRounds: 1,
  settings: ['dynamic_shared_memory_type=mmap'],
  inject: async (scene) => {
    const { cluster, world } = scene
    const standby = await addStandby(cluster, false)
    await Bun.sleep(scene.isSmall ? 1000 : 3000)
    standby.stream.hold('there', 'back')
    await Bun.sleep(LOST_FOR_MS)
    await fence(cluster)
    const at = now()
    // It answers questions while it is no more than a standby: nobody writes before everybody was told. Who asks only
    // when others have written there again may be told of nothing: docs/decisions/0008-several-nodes.md.
    await moveAddress(cluster, standby)
    const truth = postgresTruth(urlOf(standby.port))
    const told = await until(async () => (await countAhead(world, truth)) === 0, TOLD_MS, 100)
    note(scene, 'told', told)
    const left = await countAhead(world, truth)
    require(scene, left === 0, `${left} still show what the database lacks after ${TOLD_MS} ms`)
    const lost = await forgive(world, truth)
    await truth.close()
    note(scene, 'lostSends', lost)
    require(scene, lost > 0, 'nothing was lost: the standby had everything')
    await promote(cluster, standby)
    await requireFirstAck(scene, at)
  },
}

/** How many copies of chats, over all devices, are ahead of the database. */
async function countAhead(world: World, truth: Truth): Promise<number> {
  const heads = await truth.heads(allChats(world))
  const ahead = world.devices.flatMap(({ mirrors }) =>
    heads.filter(({ id, rev }) => (mirrors.get(id)?.rev ?? 0) > rev),
  )
  return ahead.length
}

async function requireFirstAck(scene: Scene, killedAt: number): Promise<void> {
  const from = now()
  const isAcked = () =>
    scene.world.history.ops.some(
      ({ kind, outcome, acks }) => kind === 'send' && outcome === 'ok' && (acks[0]?.at ?? 0) > from,
    )
  await until(isAcked, FIRST_ACK_MS * 2)
  note(scene, 'firstAck', now() - killedAt)
  require(scene, now() - from <=
    FIRST_ACK_MS, `the first ack came ${Math.round(now() - from)} ms after the promotion`)
}

/**
 * What was acknowledged before and is not in the database is forgiven: it was told to nobody, as far as the checker knows,
 * and may be there or not. From here on everybody shows what the database has. The number of sends that are gone.
 */
async function forgive(world: World, truth: Truth): Promise<number> {
  const stored = await truth.chats(allChats(world))
  const { history } = world
  const ids = new Set(stored.flatMap(({ rows }) => rows.map(({ id }) => id)))
  let lost = 0
  for (const op of history.ops) {
    if (op.outcome !== 'ok') continue
    if (op.kind === 'send' && !ids.has(op.acks[0]?.id ?? '')) lost++
    op.outcome = 'unknown'
    op.acks = []
  }
  history.heard = []
  history.moved = []
  return lost
}
