import { lags } from '../../checker/findings.heard.ts'
import { check, describe } from '../../checker/findings.ts'
import { newHistory, now } from '../../checker/history.ts'
import { dice, sayLastWords, startLoad } from '../../checker/load.ts'
import { conclude, quiet, type Size, settle, stopWorld, type World } from '../../checker/world.ts'
import { type Cluster, startCluster } from '../../cluster/cluster.ts'
import type { ClusterFault, Scene } from './scene.ts'

export interface ClusterOutcome {
  fault: string
  seed: number
  rounds: number
  /** What was hurt, one by one. */
  injections: number
  findings: string[]
  asked: number
  acked: number
  /** Sends that were acknowledged, and how many each second of the load. */
  messages: number
  perSecond: number
  /** How long the load ran, and the whole row. */
  loadMs: number
  tookMs: number
  /** Asked more than once, because an answer did not come or said "later". */
  repeated: number
  figures: Record<string, number[]>
}

export interface ClusterPlan {
  command: string[]
  seed: number
  rounds: number
  isSmall: boolean
}

const SIZE: Size = { people: 14, devices: 52, chats: 16 }
/** The mean of what a device waits between two things is half of it. */
const PAUSE_MS = 1000
/** One or two new chats a second. */
const FOUNDING = 0.02
/** C5: everybody has everything so soon after a fault is over. */
const CATCH_UP_MS = 30_000
const BETWEEN_MS = 300
/** One history is judged after so many injections or so long. */
const STRETCH_MS = 100_000

/** One row of the matrix over a cluster of its own: load, injections, quiet, judgement, and again. */
export async function runFault(fault: ClusterFault, plan: ClusterPlan): Promise<ClusterOutcome> {
  const outcome = newOutcome(fault, plan)
  const began = now()
  const { command } = plan
  const { env = {}, settings = [] } = fault
  const cluster = await startCluster({ command, env, settings })
  const random = dice(plan.seed)
  try {
    while (outcome.rounds < plan.rounds && outcome.findings.length === 0)
      await runStretch({ fault, plan, outcome, cluster, random })
  } catch (error) {
    const said = cluster.nodes.map(({ name, victim }) => `${name}: ${victim.said().slice(-600)}`)
    outcome.findings.push(`${error instanceof Error ? error.stack : String(error)}\n${said.join('\n')}`)
  } finally {
    await cluster.stop()
  }
  outcome.tookMs = now() - began
  return outcome
}

const newOutcome = ({ id, what }: ClusterFault, { seed }: ClusterPlan): ClusterOutcome => ({
  fault: `${id} ${what}`,
  seed,
  rounds: 0,
  injections: 0,
  findings: [],
  asked: 0,
  acked: 0,
  messages: 0,
  perSecond: 0,
  loadMs: 0,
  tookMs: 0,
  repeated: 0,
  figures: {},
})

interface Running {
  fault: ClusterFault
  plan: ClusterPlan
  outcome: ClusterOutcome
  cluster: Cluster
  random: () => number
}

async function runStretch({ fault, plan, outcome, cluster, random }: Running): Promise<void> {
  const world = await settle(cluster.ground, newHistory(), random, fault.size ?? SIZE)
  const { findings, figures } = outcome
  const { isSmall } = plan
  const scene: Scene = { cluster, world, random, findings, figures, injected: 0, hurt: 0, isSmall }
  await quiet(world, CATCH_UP_MS)
  await fault.begin?.(scene)
  const load = startLoad(world, { pauseMs: PAUSE_MS, founding: fault.founding ?? FOUNDING })
  const began = now()
  await Bun.sleep(1000)
  while (outcome.rounds < plan.rounds && findings.length === 0 && now() - began < STRETCH_MS) {
    scene.injected = outcome.rounds
    scene.hurt = 1
    await fault.inject(scene)
    outcome.rounds++
    outcome.injections += scene.hurt
    await Bun.sleep(BETWEEN_MS)
  }
  await load.end()
  const tookMs = now() - began
  await fault.end?.(scene)
  await sayLastWords(world)
  const quietMs = await quiet(world, CATCH_UP_MS)
  if (quietMs >= CATCH_UP_MS) findings.push(`not even after ${Math.round(quietMs)} ms`)
  await conclude(world)
  stopWorld(world)
  // A run in small shares its machine with whatever else is at work there.
  const withinMs = (fault.withinMs ?? CATCH_UP_MS) * (scene.isSmall ? 2 : 1)
  judge(world, withinMs, { outcome, tookMs })
}

function judge(
  { history }: World,
  withinMs: number,
  { outcome, tookMs }: { outcome: ClusterOutcome; tookMs: number },
): void {
  const found = check(history, { withinMs })
  if (describe(found) !== '') outcome.findings.push(describe(found))
  const messages = history.ops.filter(({ kind, outcome: how }) => kind === 'send' && how === 'ok')
  outcome.asked += history.ops.length
  outcome.acked += history.ops.filter(({ outcome: how }) => how === 'ok').length
  outcome.messages += messages.length
  outcome.loadMs += tookMs
  outcome.perSecond = (outcome.messages * 1000) / outcome.loadMs
  outcome.repeated += history.ops.filter(({ attempts }) => attempts > 1).length
  const delivery = outcome.figures.delivery ?? []
  for (const { ms } of lags(history, 3000)) if (ms !== Infinity) delivery.push(ms)
  outcome.figures.delivery = delivery
  const ack = outcome.figures.ack ?? []
  for (const { at, endedAt } of messages) ack.push((endedAt ?? at) - at)
  outcome.figures.ack = ack
}
