import { refuse } from '../errors.ts'

const MAX_DEPTH = 20

/** Parses what a stranger sent. Refuses what is not JSON, nests deeper than 20 or names `__proto__`. */
export function parseJson(text: string): unknown {
  const value = parse(text)
  requireShallow(value, 1)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('invalid', 'json_malformed')
  }
}

/** Bounded itself: it never goes deeper than it allows. */
function requireShallow(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH) refuse('invalid', 'json_too_deep')
  if (Object.hasOwn(value, '__proto__')) refuse('invalid', 'json_key')
  for (const inner of Object.values(value)) requireShallow(inner, depth + 1)
}
