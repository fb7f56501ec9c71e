const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Full jitter: somewhere between at once and the ceiling, so that a thousand clients do not return together. */
export const backoff = (attempt: number, random = Math.random): number =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
