import { createVictim } from '../faults/executable.ts'
import { FAILING_COMMITS } from './bugs.ts'
import { check, type Findings } from './findings.ts'
import { newHistory } from './history.ts'
import { dice, sayLastWords, startLoad } from './load.ts'
import { type Patch, plant } from './tree.ts'
import { conclude, quiet, settle, stopWorld } from './world.ts'

const RUN_MS = 1500
const WITHIN_MS = 4000

/** What the checker says of a program with these changes, whose commits fail now and then. */
export async function judge(patches: readonly Patch[]): Promise<Findings> {
  const tree = plant([...FAILING_COMMITS, ...patches])
  const victim = createVictim(tree.command)
  try {
    await victim.start()
    const history = newHistory()
    const world = await settle(victim.ground, history, dice(7))
    const load = startLoad(world)
    await Bun.sleep(RUN_MS)
    await load.end()
    await sayLastWords(world)
    await quiet(world, WITHIN_MS)
    await conclude(world, WITHIN_MS)
    stopWorld(world)
    return check(history, { withinMs: WITHIN_MS })
  } finally {
    await victim.bury()
    tree.remove()
  }
}
