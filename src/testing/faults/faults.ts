import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../tree.ts'
import { drainUnderLoad } from './drain.ts'
import { type Point, plantFailpoints } from './failpoints.ts'
import { killAtPoint, killAtRandom, type Outcome, runRounds, tripAt } from './rounds.ts'

/** The faults of one node (profile S), each over an executable that was built. */

export const BUILT = join(ROOT, 'dist/warren')

export function builtExecutable(): string[] {
  if (!existsSync(BUILT)) throw new Error('dist/warren is not there: script/build makes it')
  return [BUILT]
}

/** F01 and F19: `kill -9` at any moment. */
export const killRandomly = (seed: number, rounds: number): Promise<Outcome> =>
  runRounds({ fault: 'F01', command: builtExecutable(), seed, rounds, kill: killAtRandom })

/** F02 and F19: the node kills itself at one point. */
export const killAt = (
  command: string[],
  point: Point,
  at: { seed: number; rounds: number },
): Promise<Outcome> =>
  runRounds({
    fault: `F02 ${point}`,
    command,
    ...at,
    kill: killAtPoint,
    env: (random) => tripAt(point, random),
  })

/** SIGTERM under load, and again (C13). */
export const drainAgainAndAgain = (seed: number, rounds: number): Promise<Outcome> =>
  runRounds({ fault: 'SIGTERM', command: builtExecutable(), seed, rounds, kill: drainUnderLoad })

/** Builds the executable with the failpoints, and takes it away again. */
export async function withFailpoints<T>(work: (command: string[]) => Promise<T>): Promise<T> {
  const tree = plantFailpoints()
  try {
    return await work(await tree.build())
  } finally {
    tree.remove()
  }
}
