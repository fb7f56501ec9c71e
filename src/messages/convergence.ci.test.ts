import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { converges, steps } from './convergence.contract.ts'
import { openScene } from './scene.ts'

const RUNS = 10_000
/** A file grows slower the more it holds: each begins anew. */
const RUNS_A_FILE = 500

test('ten thousand interleavings end as a fresh fetch (C9)', async () => {
  for (let runs = 0; runs < RUNS; runs += RUNS_A_FILE) {
    const scene = await openScene()
    await fc.assert(
      fc.asyncProperty(steps, (some) => converges(scene, some)),
      { numRuns: RUNS_A_FILE },
    )
    await scene.close()
  }
  expect(RUNS % RUNS_A_FILE).toBe(0)
}, 900_000)
