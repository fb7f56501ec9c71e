import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { countRequest } from '../metrics/requests.ts'
import type { Asker } from './asker.ts'
import { OPERATIONS_PATHS } from './health.ts'

/** Longer than any answer should take. */
const SLOW_S = 1

interface Noted {
  asker: Asker
  method: string
  status: number
  /** `performance.now()` */
  began: number
}

/**
 * Each request is counted, and has one line in the log: of weight `info` when we failed or were slow, else `debug`. The
 * line names the route, never the path, which may hold a token.
 */
export function noteAnswer(
  app: { log: Log; metrics: Metrics },
  { asker, method, status, began }: Noted,
): void {
  const seconds = (performance.now() - began) / 1000
  const { route } = asker
  countRequest(app.metrics.http, { method, route, status, seconds })
  // Who supervises asks every second, and hears "no" for as long as it lasts.
  const isTold = (status >= 500 || seconds > SLOW_S) && !OPERATIONS_PATHS.has(route)
  const line = { method, route, status, ms: Math.round(seconds * 10_000) / 10 }
  if (isTold) app.log.info(line, 'request')
  else app.log.debug(line, 'request')
}
