import { equalSecrets } from '../crypto.ts'
import type { Asker } from './asker.ts'
import { type Health, OPERATIONS_PATHS, pathOf, respondHealth } from './health.ts'
import { type Exposition, respondScrape } from './scrape.ts'

/** What supervisors and collectors ask of the public listener. */
export interface Operations {
  health: Health
  /** `WARREN_METRICS_TOKEN` */
  metricsToken: string | null
  expose: Exposition
}

/** Null for every other path. Asked without a session, and answered while the node leaves. */
export async function respondOperations(
  request: Request,
  { health, metricsToken, expose }: Operations,
  asker: Asker,
): Promise<Response | null> {
  const path = pathOf(request.url)
  if (!OPERATIONS_PATHS.has(path)) return null
  asker.route = path
  const isOperator = showsToken(request, metricsToken)
  return (await respondHealth(request, health, isOperator)) ?? respondScrape(request, isOperator, expose)
}

/** Where none is set nobody does. */
function showsToken({ headers }: Request, token: string | null): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  return token !== null && shown !== undefined && equalSecrets(shown, token)
}
