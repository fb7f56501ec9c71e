import { expect, test } from 'bun:test'
import { samplesOf } from './family.ts'
import { newSpread, note } from './spread.ts'

test('a value counts in the first place that holds it, and what is too large in the last', () => {
  const spread = newSpread([1, 2])

  for (const value of [0, 1, 1.5, 2, 7]) note(spread, value)

  expect(spread).toEqual({ bounds: [1, 2], counts: [2, 2, 1], sum: 11.5 })
})

test('Prometheus is told what lies below each bound, the sum and the count', () => {
  const spread = newSpread([1, 2])
  for (const value of [0.5, 1.5, 7]) note(spread, value)

  expect(
    samplesOf(spread, { a: 'b' }).map(({ suffix, labels, value }) => [suffix, labels.le, value]),
  ).toEqual([
    ['_bucket', '1', 1],
    ['_bucket', '2', 2],
    ['_bucket', '+Inf', 3],
    ['_sum', undefined, 9],
    ['_count', undefined, 3],
  ])
})
