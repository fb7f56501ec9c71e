import { expect, test } from 'bun:test'
import { CLUSTER_BUGS } from '../../checker/bugs.cluster.ts'
import { plant } from '../../checker/tree.ts'
import { hasCluster } from '../../cluster/cluster.ts'
import { MATRIX } from './matrix.ts'
import { runFault } from './run.ts'
import type { ClusterFault } from './scene.ts'

// The bugs that only several nodes can have are put into copies of the program, which is then hurt as any other: the
// checker, or what a row of the matrix asks for beside it, has to find each.

/** What is not found by then is not found. */
const MOST = 36

if (hasCluster) {
  test.each(CLUSTER_BUGS)(
    'on three nodes is found: $name',
    async ({ patches, under, found }) => {
      const tree = plant(patches)
      const fault = MATRIX.find(({ id }) => id === under) as ClusterFault
      const plan = { seed: 7, rounds: Math.min(fault.smallRounds * 3, MOST), isSmall: true }

      const { findings } = await runFault(fault, { ...plan, command: tree.command }).finally(tree.remove)

      expect(found.filter((words) => findings.join('\n').includes(words))).not.toEqual([])
    },
    180_000,
  )
}
