import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { findSenders, type SenderWire } from '../accounts/index.ts'
import { findPerson, type Person, shareChat } from './sql.ts'

/** The asker, as the database knows them now: a role in a token may be old. */
export async function requirePerson(sql: Sql, userId: Id<'user'>): Promise<Person> {
  const person = await findPerson(sql, userId)
  if (person === undefined || person.is_active === 0) return refuse('unauthenticated', 'session_over')
  return person
}

/**
 * Somebody whom the asker may bring into a chat: known to them and active. Guests know only whom they share a chat
 * with. Refuses `not_found` `user`.
 */
export async function requireAddable(sql: Sql, askerId: Id<'user'>, userId: Id<'user'>): Promise<Person> {
  const person = await findPerson(sql, userId)
  if (person === undefined || person.is_active === 0) return refuse('not_found', 'user')
  const asker = await requirePerson(sql, askerId)
  if (asker.role === 'guest' && !(await shareChat(sql, askerId, userId))) return refuse('not_found', 'user')
  return person
}

/** Somebody who is known to be there, as messages and memberships show them. */
export async function findSender(sql: Sql, userId: Id<'user'>): Promise<SenderWire> {
  const sender = (await findSenders(sql, [userId])).get(userId)
  if (sender === undefined) throw new Error(`user ${userId} has no row`)
  return sender
}
