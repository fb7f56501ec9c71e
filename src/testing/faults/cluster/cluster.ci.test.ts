import { expect, test } from 'bun:test'
import { hasCluster } from '../../cluster/cluster.ts'
import { builtExecutable, withFailpoints } from '../faults.ts'
import { MATRIX } from './matrix.ts'
import { runFault } from './run.ts'

// Three nodes behind Caddy on PostgreSQL and Redis, in use, are hurt in small; `script/faults --cluster` runs the whole
// matrix with all its repetitions. The seed is new each time and said: SEED=… repeats a run.

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
console.log(`faults of a cluster: seed ${SEED}`)

const SMOKE = ['F01', 'F02', 'F04', 'F06', 'F07', 'F09', 'F10', 'F11', 'F12', 'F14', 'F27', 'F28']

if (hasCluster) {
  test.each(MATRIX.filter(({ id }) => SMOKE.includes(id)))(
    '$id: $what: nothing is lost, doubled, out of order or shown to strangers',
    async (fault) => {
      const plan = { seed: SEED, rounds: fault.smallRounds, isSmall: true }
      const run = (command: string[]) => runFault(fault, { ...plan, command })
      const { findings, rounds } = await (fault.needsFailpoints
        ? withFailpoints(run)
        : run(builtExecutable()))

      expect(findings).toEqual([])
      expect(rounds).toBe(fault.smallRounds)
    },
    120_000,
  )
}
