import type { Context } from 'hono'
import { refuse } from '../errors.ts'
import type { Session } from '../session.ts'
import type { Env } from './api.ts'

/** Who asks. Refuses `unauthenticated` `session_required` to a stranger: a route without this line is open to all. */
export function requireSession(c: Context<Env>): Session {
  return c.get('session') ?? refuse('unauthenticated', 'session_required')
}
