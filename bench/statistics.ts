/** The middle of the values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The value below which this share (0 to 1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** A median and where it would lie in 95 of 100 runs like this one. */
export interface Estimate {
  value: number
  low: number
  high: number
}

const RESAMPLES = 2000

/** The median with its bootstrap interval. `random` is seeded by tests. */
export function estimate(values: readonly number[], random: () => number = Math.random): Estimate {
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  )
  return { value: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

/** Of each pair the first by the second. */
export const ratios = (pairs: readonly (readonly [number, number])[]): number[] =>
  pairs.map(([ours, theirs]) => ours / theirs)
