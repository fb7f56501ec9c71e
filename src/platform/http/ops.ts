import { refuse } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { type Health, pathOf, requireAsking, respondHealth } from './health.ts'
import { problemOf } from './respond.ts'
import { type Exposition, exposed } from './scrape.ts'

export interface OpsDeps {
  listen: { hostname: string; port: number }
  health: Health
  expose: Exposition
  log: Log
}

export interface OpsListener {
  /** Where it listens really, when the port was left to the system. */
  readonly url: string
  close(): Promise<void>
}

/**
 * The operators' listener (`WARREN_OPS_LISTEN`): metrics, and health with every check. Whoever reaches it may read it
 * all. It answers until the very end of a drain, so that one can be watched. Throws what listening throws.
 */
export function startOps(deps: OpsDeps): OpsListener {
  const server = Bun.serve({
    ...deps.listen,
    development: false,
    reusePort: false,
    idleTimeout: 10,
    maxRequestBodySize: 1024,
    fetch: (request) => answer(deps, request),
  })
  const { hostname } = server.url
  const host = hostname === '[::]' || hostname === '0.0.0.0' ? 'localhost' : hostname
  return { url: `http://${host}:${server.port}`, close: () => server.stop(true) }
}

async function answer(deps: OpsDeps, request: Request): Promise<Response> {
  const requestId = newId<'request'>()
  const response = await route(deps, request).catch((error: unknown) => problemOf(deps.log, requestId, error))
  response.headers.set('X-Request-Id', requestId)
  response.headers.set('Cache-Control', 'no-store')
  response.headers.set('X-Content-Type-Options', 'nosniff')
  return response
}

async function route({ health, expose }: OpsDeps, request: Request): Promise<Response> {
  if (pathOf(request.url) === '/metrics') {
    requireAsking(request.method)
    return exposed(expose)
  }
  return (await respondHealth(request, health, true)) ?? refuse('not_found', 'route')
}
