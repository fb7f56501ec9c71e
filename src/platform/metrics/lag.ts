import type { Metrics } from './metrics.ts'
import { note } from './spread.ts'

const EVERY_MS = 100

/** Notes how late the loop comes to a timer: what everything else here waits for, too. Returns its end. */
export function watchLag({ lag }: Metrics): () => void {
  let due = performance.now() + EVERY_MS
  const timer = setInterval(() => {
    const now = performance.now()
    note(lag, Math.max(0, now - due) / 1000)
    due = now + EVERY_MS
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
