import { expect, test } from 'bun:test'
import { notRun } from '../../notRun.ts'
import { builtExecutable } from '../faults.ts'
import { failSync, loseOnce, losePower, plantNormal } from './power.ts'
import { restoreAgainAndAgain } from './restore.ts'

// In small; `script/faults --only power` and so on have more rounds. SEED=… has a red run again.

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
console.log(`power: seed ${SEED}`)

if (Bun.which('gcc') === null) notRun('power cuts and failing syncs', 'no gcc')
const withGcc = test.skipIf(Bun.which('gcc') === null)

withGcc(
  'F20: when the power is cut nothing acknowledged is lost, and the file is whole',
  async () => {
    const { findings, rounds, unsynced } = await losePower(builtExecutable(), SEED, 5)

    expect(findings).toEqual([])
    expect(rounds).toBe(5)
    expect(unsynced).toBeGreaterThan(0)
  },
  120_000,
)

withGcc(
  'the power cut is one: a tree that commits without the disk loses what it has acknowledged',
  async () => {
    const tree = plantNormal()
    const planted = await loseOnce(tree.command, SEED).finally(tree.remove)
    const shipped = await loseOnce(builtExecutable(), SEED)

    expect(planted.lost).toBeGreaterThan(0)
    expect(shipped.acked).toBeGreaterThan(0)
    expect(shipped.lost).toBe(0)
    expect([...planted.missed, ...shipped.missed]).toEqual([])
  },
  120_000,
)

withGcc(
  'F21: when a sync fails the node ends, and nothing acknowledged is lost',
  async () => {
    const { findings, rounds, unsynced } = await failSync(builtExecutable(), SEED, 5)

    expect(findings).toEqual([])
    expect(rounds).toBe(5)
    expect(unsynced).toBeGreaterThan(0)
  },
  120_000,
)

test('F22: after a restore everybody has what is stored, counts what is gone, and hands in what waited', async () => {
  const { findings, gone, counted, handedIn } = await restoreAgainAndAgain(builtExecutable(), SEED, 1)

  expect(findings).toEqual([])
  expect(gone).toBeGreaterThan(0)
  expect(counted).toBeGreaterThan(0)
  expect(handedIn).toBeGreaterThan(0)
}, 120_000)
