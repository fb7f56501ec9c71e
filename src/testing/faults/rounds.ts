import { lags } from '../checker/findings.heard.ts'
import { check, describe } from '../checker/findings.ts'
import { newHistory } from '../checker/history.ts'
import { dice, sayLastWords, startLoad } from '../checker/load.ts'
import { integrityOf } from '../checker/truth.ts'
import { conclude, quiet, settle, stopWorld, type World } from '../checker/world.ts'
import { createVictim, type Victim } from './executable.ts'

/** How a node dies: settles when it is dead, with what was wrong about it. */
export type Kill = (victim: Victim, world: World) => Promise<string[]>

export interface Plan {
  fault: string
  command: string[]
  seed: number
  rounds: number
  kill: Kill
  /** The environment of the next start. */
  env?(random: () => number): Record<string, string>
}

export interface Outcome {
  fault: string
  seed: number
  rounds: number
  /** What the checker and the engine found, a line each; empty when the fault was survived. */
  findings: string[]
  ops: number
  acked: number
  /** Asked more than once, because the first answer never came. */
  repeated: number
  /** Milliseconds: from the start to the first word, and from there until every device had everything. */
  startMs: number[]
  recoveryMs: number[]
  /** From the acks to the connected devices. */
  lagMs: number[]
}

/** A connected device has what was acknowledged so soon (C5 allows 30 s after a fault). */
export const WITHIN_MS = 3000
const CATCH_UP_MS = 30_000

/** Kills a node again and again under load, on one folder; after each death everything is judged. */
export async function runRounds(plan: Plan): Promise<Outcome> {
  const random = dice(plan.seed)
  const victim = createVictim(plan.command)
  const outcome = newOutcome(plan)
  const env = () => plan.env?.(random) ?? {}
  try {
    await victim.start(env())
    const world = await settle(victim.ground, newHistory(), random)
    for (let round = 1; round <= plan.rounds && outcome.findings.length === 0; round++) {
      await runRound({ plan, world, victim, outcome }, env())
    }
    stopWorld(world)
    summarise(outcome, world)
  } catch (error) {
    outcome.findings.push(`${String(error)}\n${victim.said().slice(-2000)}`)
  } finally {
    await victim.bury()
  }
  return outcome
}

interface Round {
  plan: Plan
  world: World
  victim: Victim
  outcome: Outcome
}

async function runRound({ plan, world, victim, outcome }: Round, env: Record<string, string>): Promise<void> {
  const load = startLoad(world)
  outcome.findings.push(...(await plan.kill(victim, world)))
  await Bun.sleep(world.random() * 150)
  outcome.startMs.push(await victim.start(env))
  outcome.recoveryMs.push(await untilBack(world))
  await load.end()
  await sayLastWords(world)
  await quiet(world, CATCH_UP_MS)
  await conclude(world)
  const integrity = integrityOf(victim.databasePath)
  if (integrity !== 'ok') outcome.findings.push(`integrity_check: ${integrity}`)
  const found = describe(check(world.history, { withinMs: WITHIN_MS }))
  if (found !== '') outcome.findings.push(`round ${outcome.rounds + 1}: ${found}`)
  outcome.rounds++
}

async function untilBack({ devices }: World): Promise<number> {
  const began = performance.now()
  await Promise.all(devices.map((device) => device.ready.promise))
  return performance.now() - began
}

const newOutcome = ({ fault, seed }: Plan): Outcome => ({
  fault,
  seed,
  rounds: 0,
  findings: [],
  ops: 0,
  acked: 0,
  repeated: 0,
  startMs: [],
  recoveryMs: [],
  lagMs: [],
})

function summarise(outcome: Outcome, { history }: World): void {
  outcome.ops = history.ops.length
  outcome.acked = history.ops.filter(({ outcome: how }) => how === 'ok').length
  outcome.repeated = history.ops.filter(({ attempts }) => attempts > 1).length
  outcome.lagMs = lags(history, 100).map(({ ms }) => ms)
}

/** At any moment. */
export const killAtRandom: Kill = async (victim, { random }) => {
  await Bun.sleep(100 + random() * 400)
  victim.signal('SIGKILL')
  await victim.ended
  return []
}

const LONGEST_WAIT_MS = 10_000

/** The node kills itself at the point in its environment, counted from here on. */
export const killAtPoint: Kill = async (victim) => {
  victim.signal('SIGUSR2')
  const timer = setTimeout(() => victim.signal('SIGTERM'), LONGEST_WAIT_MS)
  const how = await victim.ended
  clearTimeout(timer)
  return how === 'SIGKILL' ? [] : [`the point was not passed: ${how}`]
}

/** Within the next hundred or so passes. */
export const tripAt = (point: string, random: () => number): Record<string, string> => ({
  TRIP_AT: `${point}:${1 + Math.floor(random() * 60)}`,
})
