/** How values are spread, counted in plain numbers: what is measured often must cost next to nothing. */
export interface Spread {
  /** Upper ends, ascending; what is greater than all of them is in one more place. */
  readonly bounds: readonly number[]
  /** How many fell into each place, not summed up. */
  readonly counts: number[]
  sum: number
}

export const newSpread = (bounds: readonly number[]): Spread => ({
  bounds,
  counts: Array<number>(bounds.length + 1).fill(0),
  sum: 0,
})

export function note(spread: Spread, value: number): void {
  const { bounds, counts } = spread
  let at = 0
  while (at < bounds.length && value > (bounds[at] as number)) at++
  counts[at] = (counts[at] as number) + 1
  spread.sum += value
}

/** Seconds since `began`, which was `performance.now()`. */
export const noteSince = (spread: Spread, began: number): void =>
  note(spread, (performance.now() - began) / 1000)

/** Seconds, from a tenth of a millisecond to 10 s: 0.2 s is a bound, for that is what we promise. */
export const SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10]

/** A few: powers of two up to the most that one transaction holds. */
export const FEW = [1, 2, 4, 8, 16, 32, 64]

/** How often something was so, by its name. Names come from our own source, never from who asks. */
export type Tallies = Map<string, number>

export const tally = (tallies: Tallies, name: string): void => {
  tallies.set(name, (tallies.get(name) ?? 0) + 1)
}
