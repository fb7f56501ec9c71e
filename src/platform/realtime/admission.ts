/** How many things may begin in a second, and how many of them at once. */
export interface Admission {
  /** Milliseconds to wait, 0 to come in. */
  ask(): number
}

/** A bucket that fills by `perSecond` and holds as many: a herd is let in at a rate the database bears (C12). */
export function createAdmission(perSecond: number): Admission {
  let tokens = perSecond
  let filledAt = performance.now()
  return {
    ask: () => {
      const now = performance.now()
      tokens = Math.min(perSecond, tokens + ((now - filledAt) * perSecond) / 1000)
      filledAt = now
      if (tokens >= 1) {
        tokens--
        return 0
      }
      return 1000 + Math.random() * 2000
    },
  }
}
