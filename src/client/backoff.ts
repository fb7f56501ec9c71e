const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Full jitter: somewhere between at once and the ceiling, so that a thousand clients do not return together. */
export const backoff = (attempt: number, random = Math.random): number =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))

/** A connection that lived this long was a good one: the next loss begins counting anew. */
const GOOD_MS = 5000
/** One that was made and soon lost says that the node is there: the next is waited for 4 s at most. */
const FLAPPING = 3

/** How many losses to count, after one more of a connection that lived so long; 0 ms: that was never made. */
export function countLoss(losses: number, livedMs: number): number {
  if (livedMs > GOOD_MS) return 0
  return livedMs > 0 ? Math.min(losses + 1, FLAPPING) : losses + 1
}
