import { expect, test } from 'bun:test'
import { POINTS } from './failpoints.ts'
import { builtExecutable, drainAgainAndAgain, killAt, killRandomly, withFailpoints } from './faults.ts'
import { runOutOfFiles } from './fewFiles.ts'
import { fillDisk, limitedPages } from './fullDisk.ts'
import type { Outcome } from './rounds.ts'
import { stopReading } from './slowConsumers.ts'
import { readSlowly } from './slowReader.ts'

// The faults of one node in small; `script/faults` runs them all with more rounds. Seeds are new each time and said,
// so that a red run can be had again: SEED=… .

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
console.log(`faults: seed ${SEED}`)

const found = (outcomes: Outcome[]) =>
  outcomes.flatMap(({ fault, seed, findings }) => findings.map((what) => `${fault}, seed ${seed}: ${what}`))
const rounds = (outcomes: Outcome[]) => outcomes.reduce((sum, outcome) => sum + outcome.rounds, 0)

test('F01, F19: killed fifty times at any moment, a node has lost nothing (C1–C10, C14, C17)', async () => {
  const outcomes = await Promise.all([killRandomly(SEED, 25), killRandomly(SEED + 1, 25)])

  expect(found(outcomes)).toEqual([])
  expect(rounds(outcomes)).toBe(50)
}, 240_000)

test('F02, F19: killed fifty times at the points where it matters, a node has lost nothing', async () => {
  const outcomes = await withFailpoints(async (command) => {
    const lane = async (points: readonly (typeof POINTS)[number][], each: number) => {
      const outcomes: Outcome[] = []
      for (const point of points) outcomes.push(await killAt(command, point, { seed: SEED, rounds: each }))
      return outcomes
    }
    return (await Promise.all([lane(POINTS.slice(0, 2), 12), lane(POINTS.slice(2), 13)])).flat()
  })

  expect(found(outcomes)).toEqual([])
  expect(rounds(outcomes)).toBe(50)
}, 240_000)

test('readers that stand still are cut, and nobody else notices (F27)', async () => {
  const burst = { stopped: 4, crawling: 4, messages: 600, cutMs: 2000 }
  const { findings } = await stopReading(builtExecutable(), burst)

  expect(findings).toEqual([])
}, 240_000)

test('SIGTERM under load: exit 0, nothing committed without its ack, every socket told 1012 (C13)', async () => {
  expect(found([await drainAgainAndAgain(SEED, 5)])).toEqual([])
}, 240_000)

test('a full disk: no ack, a clear 503, and recovery by itself (F21)', async () => {
  const { findings } = await withFailpoints((command) => fillDisk(command, limitedPages, SEED))

  expect(findings).toEqual([])
}, 240_000)

test('200 missed long messages in each of 200 chats come over one socket at 1 MB/s (C11)', async () => {
  const missed = { chats: 200, messages: 200, length: 500, bytesPerSecond: 1e6 }
  const { findings, messages } = await readSlowly(builtExecutable(), missed)

  expect(findings).toEqual([])
  expect(messages).toBe(40_000)
}, 240_000)

test('a node that may open few files refuses sockets in time, and recovers (F38)', async () => {
  expect((await runOutOfFiles(builtExecutable(), 256)).findings).toEqual([])
}, 240_000)
