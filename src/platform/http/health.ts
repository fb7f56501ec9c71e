import { refuse } from '../errors.ts'
import { METHOD_NOT_ALLOWED } from './problem.ts'

/** One thing the node works with. A node is ready without what is not needed: it is slower, or tells less. */
export interface Check {
  ok: boolean
  needed: boolean
  /** For operators, where the name does not say it. */
  why?: string
}

/** By name, in the order in which they are blamed. */
export type Checks = Readonly<Record<string, Check>>

/** What a supervisor asks. */
export interface Health {
  /** Never rejects, and answers within 3 s. */
  look(): Promise<Checks>
}

/** Why the node can't serve at the moment, null when it can. */
export const whyNotReady = (checks: Checks): string | null =>
  Object.keys(checks).find((name) => checks[name]?.needed && !checks[name].ok) ?? null

/**
 * Null for every other path. Needs no session and no proof, so it says no more than whether; operators are told why,
 * and of each check. Refuses `invalid` `method_not_allowed` when it is told to do something.
 */
export async function respondHealth(
  { method, url }: Request,
  health: Health,
  isOperator: boolean,
): Promise<Response | null> {
  const path = pathOf(url)
  if (!HEALTH_PATHS.has(path)) return null
  requireAsking(method)
  if (path === '/healthz') return json(200, { status: 'ok' })
  const checks = await health.look()
  const reason = whyNotReady(checks)
  const told = isOperator ? { ...(reason === null ? {} : { reason }), checks } : {}
  return reason === null
    ? json(200, { status: 'ready', ...told })
    : json(503, { status: 'not_ready', ...told }, { 'Retry-After': '1' })
}

const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/up'])

/** Asked by programs, every few seconds. */
export const OPERATIONS_PATHS: ReadonlySet<string> = new Set([...HEALTH_PATHS, '/metrics'])

export const pathOf = (url: string): string => new URL(url).pathname.replace(/(?<=.)\/$/, '')

export function requireAsking(method: string): void {
  if (method !== 'GET' && method !== 'HEAD') refuse('invalid', METHOD_NOT_ALLOWED)
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
