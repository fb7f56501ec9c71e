/** How often something may happen: a key is a user, an address or both. Multiplied by `WARREN_LIMITS_FACTOR`. */
export interface Limit {
  name: string
  points: number
  perMs: number
  /** Spent many times a second by one who does nothing wrong: judged without asking another machine. */
  isFrequent?: true
}

export interface Limits {
  /** Spends one point; refuses `rate_limited` with `retryAfterMs` when none is left. */
  spend(limit: Limit, key: string, points?: number): Promise<void>
  /** Whether a point is left, without spending it: for limits that count only failures. */
  check(limit: Limit, key: string): Promise<void>
}
