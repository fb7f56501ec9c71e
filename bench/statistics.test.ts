import { expect, test } from 'bun:test'
import { estimate, median, quantile, ratios } from './statistics.ts'
import { type Bounds, outcomeOf, tableOf, type Verdict } from './verdict.ts'

/** The same numbers on every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

test('the median is the middle, whatever the order, and one wild block does not move it', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([1, 1.1, 0.9, 1000])).toBeCloseTo(1.05)
})

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, i) => i)

  expect(quantile(values, 0.99)).toBe(99)
  expect(quantile(values, 0)).toBe(0)
  expect(quantile([7], 0.99)).toBe(7)
})

test('the interval holds the median, is wide for blocks that disagree and a point for blocks that do not', () => {
  const close = estimate([2, 2, 2, 2, 2], seeded(1))
  const apart = estimate([1, 1.5, 2, 2.5, 3, 2, 2], seeded(1))

  expect(close).toEqual({ value: 2, low: 2, high: 2 })
  expect(apart.value).toBe(2)
  expect(apart.low).toBeLessThan(2)
  expect(apart.high).toBeGreaterThan(2)
})

test('ratios are taken pair by pair, so a slow minute slows both sides of its pair', () => {
  const calm = [10, 5] as const
  const slow = [40, 20] as const

  expect(ratios([calm, slow])).toEqual([2, 2])
})

const ATMOST: Bounds = { gate: 3, goal: 2, better: 'less' }
const ATLEAST: Bounds = { gate: 2, goal: 3, better: 'more' }

const verdict = (over: Partial<Verdict>): Verdict => ({
  ...{ id: 'B0', what: 'something', value: 2, unit: ' ×', asked: ATMOST },
  ...over,
})

test('a bound is met by the worse end of the interval, on either side', () => {
  expect(outcomeOf(verdict({ low: 1.8, high: 1.9 }))).toBe('goal')
  expect(outcomeOf(verdict({ low: 1, high: 2.5 }))).toBe('gate')
  expect(outcomeOf(verdict({ low: 1, high: 3.1 }))).toBe('missed')
  expect(outcomeOf(verdict({ low: 2.9, high: 9, asked: ATLEAST }))).toBe('gate')
  expect(outcomeOf(verdict({ value: Number.NaN }))).toBe('missed')
  expect(outcomeOf({ id: 'B0', what: 'something', value: 2, unit: '' })).toBe('unasked')
})

test('the table has a row for each verdict, and says what is asked', () => {
  const table = tableOf([
    verdict({ value: 2.345, low: 2.1, high: 2.5 }),
    verdict({ value: 12_345, unit: '' }),
  ])

  expect(table.split('\n')).toHaveLength(4)
  expect(table).toContain('| B0 | something | 2.35 × (2.1 – 2.5) | ≤ 3 · ≤ 2 | gate met |')
  expect(table).toContain('| 12,345 |')
})
