import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { type Code, type Fault, Refusal, STATUS } from '../errors.ts'
import type { Log } from '../log.ts'

export const TITLES: Readonly<Record<Code, string>> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'This is not allowed',
  not_found: 'There is no such thing',
  conflict: 'This contradicts what is there',
  too_large: 'Too large',
  unsupported: 'This kind of content is not supported',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'Not available at the moment',
}

/** The reason of a 405, which says what is allowed. */
export const METHOD_NOT_ALLOWED = 'method_not_allowed'

/** RFC 9457, with the members that `docs/protocol.md` adds. */
export interface Problem {
  type: string
  title: string
  status: number
  code: Code
  reason: string
  detail: string | null
  request_id: string
  errors: Fault[]
}

/** What of an error may be shown. Anything that is not a refusal is a bug: logged under the request's id, told as `internal`. */
export function toRefusal(error: unknown, log: Log, requestId: string): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof HTTPException) return fromHono(error)
  log.error({ err: error, request_id: requestId }, 'bug')
  return new Refusal('internal', 'internal')
}

/** Hono itself refuses in few places: a body that its validator can't parse. */
function fromHono(error: HTTPException): Refusal {
  if (error.status === 413) return new Refusal('too_large', 'body_too_large')
  if (error.status < 500) return new Refusal('invalid', 'body_malformed')
  return new Refusal('internal', 'internal')
}

export function toProblem(
  refusal: Refusal,
  requestId: string,
  status: number = STATUS[refusal.code],
): Response {
  const { code, reason, details } = refusal
  const problem: Problem = {
    type: 'about:blank',
    title: TITLES[code],
    status,
    code,
    reason,
    detail: details.detail ?? null,
    request_id: requestId,
    errors: details.faults ?? [],
  }
  return new Response(JSON.stringify(problem), { status, headers: headersOf(refusal) })
}

function headersOf({ code, details }: Refusal): Record<string, string> {
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json' }
  const after = retryAfterSeconds(code, details.retryAfterMs)
  if (after !== null) headers['Retry-After'] = String(after)
  return headers
}

/** Always said with 429 and 503, in whole seconds, at least one. */
export function retryAfterSeconds(code: Code, retryAfterMs: number | undefined): number | null {
  if (code !== 'rate_limited' && code !== 'unavailable') return null
  return Math.max(1, Math.ceil((retryAfterMs ?? 1000) / 1000))
}

/** At most 20 faults are named: the rest is seen when these are mended. */
function faultsOf(error: z.core.$ZodError): Fault[] {
  return error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.').slice(0, 200),
    message: issue.message.slice(0, 200),
  }))
}

export const invalidInput = (error: z.core.$ZodError): Refusal =>
  new Refusal('invalid', 'input', { faults: faultsOf(error) })
