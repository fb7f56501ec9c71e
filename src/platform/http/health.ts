import { refuse } from '../errors.ts'
import { METHOD_NOT_ALLOWED } from './problem.ts'

/** Three questions a supervisor asks. */
export interface Health {
  /** Why the node can't serve at the moment (`draining`, `database`), null when it can. */
  notReady(): Promise<string | null>
}

/**
 * Null for every other path. Needs no session and no proof. Refuses `invalid` `method_not_allowed` when it is told to do
 * something, and `not_found` `route` for the metrics: until there are any, also to whoever would hold their token.
 */
export async function respondHealth({ method, url }: Request, health: Health): Promise<Response | null> {
  const path = new URL(url).pathname.replace(/(?<=.)\/$/, '')
  if (path === '/metrics') refuse('not_found', 'route')
  if (!QUESTIONS.has(path)) return null
  if (method !== 'GET' && method !== 'HEAD') refuse('invalid', METHOD_NOT_ALLOWED)
  return path === '/healthz' ? json(200, { status: 'ok' }) : ready(await health.notReady())
}

const QUESTIONS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/up'])

const ready = (why: string | null): Response =>
  why === null
    ? json(200, { status: 'ready' })
    : json(503, { status: 'not_ready', reason: why }, { 'Retry-After': '1' })

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
