import type { App } from '../platform/context.ts'
import { hashToken, newToken } from '../platform/crypto.ts'
import type { Id } from '../platform/ids.ts'
import type { Session } from '../platform/session.ts'
import { findLiveSession } from './sql.sessions.ts'

export const TICKET_MS = 30_000
const TICKETS = { name: 'ws_ticket', points: 60, perMs: 60_000 }

/** A word that opens one socket for this session within 30 s: it may stand in a URL, since nobody can use it again. */
export async function createTicket(app: App, session: Session): Promise<string> {
  await app.limits.spend(TICKETS, session.userId)
  const ticket = newToken()
  await app.kv.set(keyOf(ticket), session.id, TICKET_MS)
  return ticket
}

/** Whose ticket it is, once. The session is looked at again: it may have ended since. */
export async function redeemTicket(app: App, ticket: string): Promise<Session | null> {
  const sessionId = await app.kv.take(keyOf(ticket))
  if (sessionId === null) return null
  return (await findLiveSession(app.db.read, sessionId as Id<'session'>, app.clock.now())) ?? null
}

const keyOf = (ticket: string) => `ws_ticket:${hashToken(ticket)}`
