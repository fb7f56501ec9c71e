import type { Size, World } from '../../checker/world.ts'
import type { Cluster, ClusterNode } from '../../cluster/cluster.ts'

/** A cluster in use, for whoever hurts it. */
export interface Scene {
  cluster: Cluster
  world: World
  random: () => number
  /** What was wrong, a line each. */
  findings: string[]
  /** What was measured, by name. */
  figures: Record<string, number[]>
  /** Rounds so far. */
  injected: number
  /** What was hurt, one by one: a round that hurts more than once says so by `hurtAgain`. */
  hurt: number
  /** In small, for a run that has little time. */
  isSmall: boolean
}

/** A row of the fault matrix. */
export interface ClusterFault {
  id: string
  what: string
  /** How often a whole run injects it, and one in small. */
  rounds: number
  smallRounds: number
  /** Hurts, heals, and looks at what this row asks for beside the checker. */
  inject(scene: Scene): Promise<void>
  /** Once before the first injection, with everybody there. */
  begin?(scene: Scene): Promise<void>
  /** Once after the last one. */
  end?(scene: Scene): Promise<void>
  /** A connected device has what was acknowledged so soon; what a fault itself forbids is in `inject`. */
  withinMs?: number
  /** Needs the executable with failpoints. */
  needsFailpoints?: boolean
  /** How likely the next thing that somebody does is a new chat; 0 where the database itself forgets. */
  founding?: number
  size?: Size
  env?: Record<string, string>
  settings?: readonly string[]
}

export const note = ({ figures }: Scene, name: string, ...values: number[]): void => {
  const all = figures[name] ?? []
  all.push(...values)
  figures[name] = all
}

export const require = ({ findings }: Scene, isSo: boolean, otherwise: string): void => {
  if (!isSo) findings.push(otherwise)
}

/** Beside the one that each round is. */
export const hurtAgain = (scene: Scene, times = 1): void => {
  scene.hurt += times
}

export const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T

export const pickNode = ({ cluster, random }: Scene): ClusterNode => pick(random, cluster.nodes)

/** Looks until it is so; the milliseconds that took, or Infinity when the time is over. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 20,
): Promise<number> {
  const began = performance.now()
  while (performance.now() - began < withinMs) {
    if (await isSo()) return performance.now() - began
    await Bun.sleep(everyMs)
  }
  return Infinity
}

/** What a node says of itself; false also when it does not answer. */
export async function isReady({ victim }: ClusterNode): Promise<boolean> {
  const answer = await fetch(`${victim.place.url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(
    () => null,
  )
  await answer?.text()
  return answer?.status === 200
}

/** A pause that is told by the dice, in ms. */
export const between = ({ random }: Scene, from: number, to: number): number => from + random() * (to - from)
