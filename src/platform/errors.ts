/** The codes of `docs/protocol.md`, "Shapes and statuses". Anything that is not a Refusal is a bug. */
export const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type Code = keyof typeof STATUS

/** One thing wrong with one place of the input: `path` is dotted (`member_ids.0`). */
export interface Fault {
  path: string
  message: string
}

export interface RefusalDetails {
  /** English, for a person who reads the API; pages translate `reason` instead. */
  detail?: string
  retryAfterMs?: number
  faults?: Fault[]
}

/** An expected "no", safe to show: it carries a code of the protocol and a stable, translatable reason. */
export class Refusal extends Error {
  readonly code: Code
  readonly reason: string
  readonly details: RefusalDetails

  constructor(code: Code, reason: string, details: RefusalDetails = {}) {
    super(`${code}: ${reason}`)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

export function refuse(code: Code, reason: string, details?: RefusalDetails): never {
  throw new Refusal(code, reason, details)
}

/** What a system, a database or a library calls its error, empty without: minifying renames classes. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}
