import type { Log } from '../log.ts'
import { codeOf } from './failure.ts'

/** Told why a batch of writes is lost: nobody else knows. */
export type TellLost = (error: unknown) => void

const WINDOW_MS = 10_000
const LOST = 'database: a batch of writes is lost'

/**
 * Tells of lost batches without filling the disk that may be what is full: of each code the first at once with all that
 * is known of it, then every 10 s how many more there were.
 */
export function tellLost(log: Log): TellLost {
  /** By code, those after the first; none while nothing is lost. */
  let more = new Map<string, number>()
  let window: ReturnType<typeof setTimeout> | undefined
  const endWindow = (): void => {
    window = undefined
    const counts = [...more].filter(([, count]) => count > 0)
    more = new Map(counts.map(([code]) => [code, 0]))
    for (const [code, count] of counts)
      log.error({ code, count }, 'database: more batches of writes are lost')
    if (counts.length > 0) openWindow()
  }
  const openWindow = (): void => {
    window ??= setTimeout(endWindow, WINDOW_MS)
    window.unref?.()
  }
  return (error) => {
    const code = codeOf(error)
    const count = more.get(code)
    more.set(code, count === undefined ? 0 : count + 1)
    if (count === undefined) log.error({ code, err: error }, LOST)
    openWindow()
  }
}
