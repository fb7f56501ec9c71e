import { codeOf } from './errors.ts'

/** What a log keeps of an error. */
export interface LoggedError {
  type: string
  code?: string
  message: string
  stack: string
  cause?: LoggedError
}

/**
 * An error for the log: its name, its code and where it came from. What else a library hangs on an error (the row that
 * was refused, the command with its arguments) is left out, and of its words what looks like a person or a secret.
 */
export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: clean(String(error)), stack: '' }
  const { name, message, stack = '', cause } = error
  const code = codeOf(error)
  return {
    type: name,
    ...(code === '' ? {} : { code }),
    message: clean(message),
    stack: clean(stack),
    ...(cause === undefined || depth > 2 ? {} : { cause: describeError(cause, depth + 1) }),
  }
}

const MOST = 4000

/** Without e-mail addresses, tokens and passwords of URLs. */
export const clean = (text: string): string =>
  text
    .slice(0, MOST)
    .replace(/\beyJ[\w-]{4,}\.[\w-]+\.[\w-]+/g, '[token]')
    .replace(/\b(Bearer|Basic) +[^\s"',;]+/gi, '$1 [token]')
    .replace(/(:\/\/)[^\s/@]+@/g, '$1[redacted]@')
    .replace(/([?&](?:\w*token|ticket|code|secret|password)=)[^\s&"']+/gi, '$1[redacted]')
    .replace(/[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '[e-mail]')

/** Nobody should log them; whoever does by mistake logs that they were there. */
const SECRET: ReadonlySet<string> = new Set([
  'password',
  'token',
  'access_token',
  'refresh_token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'cookies',
  'secret',
  'email',
  'phone_number',
  'phoneNumber',
  'content',
  'body',
  'payload',
  'headers',
])
const DEEP = 4

/** The fields of a line without what only those may know whom it belongs to, however deep it lies. */
export function hideSecrets(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (SECRET.has(name)) shown[name] = '[redacted]'
    else shown[name] = depth < DEEP && isPlain(value) ? hideSecrets(value, depth + 1) : value
  }
  return shown
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
