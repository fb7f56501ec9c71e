/** Unix milliseconds by the database's clock, so that nodes may be an hour off (C17). */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
