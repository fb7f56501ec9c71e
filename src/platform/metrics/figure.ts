import type { Metrics } from './metrics.ts'
import { tally } from './spread.ts'

/** A scrape waits so long for what it looks up. */
const WAIT_MS = 1000

/** What costs a query is asked for now and then, whoever scrapes how often. */
export interface Figure<T> {
  /** The last answer, asked anew when it is too old. Null when there is none yet or it is older than three times that. */
  value(): Promise<T | null>
}

/** `ask` may fail or hang: then the scrape goes on with what was known, and counts it by `what`. */
export function keepFigure<T>(
  { unread }: Metrics,
  { what, keepMs }: { what: string; keepMs: number },
  ask: () => Promise<T>,
): Figure<T> {
  let known: { value: T; at: number } | null = null
  let asking: Promise<void> | null = null

  const askNow = async (): Promise<void> => {
    try {
      known = { value: await ask(), at: performance.now() }
    } catch {
      tally(unread, what)
    } finally {
      asking = null
    }
  }
  const age = (): number => (known === null ? Number.POSITIVE_INFINITY : performance.now() - known.at)

  return {
    async value() {
      if (age() >= keepMs) {
        asking ??= askNow()
        const isLate = await Promise.race([asking.then(() => false), Bun.sleep(WAIT_MS).then(() => true)])
        if (isLate) tally(unread, what)
      }
      return age() < 3 * keepMs ? (known?.value ?? null) : null
    },
  }
}
