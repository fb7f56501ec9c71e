import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { engines } from '../testing/engines.ts'
import { converges, steps } from './convergence.contract.ts'
import { openScene } from './scene.ts'

for (const [engine, fresh] of engines) {
  test(`however it is heard, missed and read in pieces, the log ends as a fresh fetch (${engine}, C9)`, async () => {
    const scene = await openScene(fresh)
    const numRuns = engine === 'SQLite' ? 40 : 15

    await fc.assert(
      fc.asyncProperty(steps, (some) => converges(scene, some)),
      { numRuns },
    )

    await scene.close()
    expect(numRuns).toBeGreaterThan(0)
  }, 60_000)
}
