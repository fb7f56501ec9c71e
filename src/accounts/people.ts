import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { type Id, isUuid } from '../platform/ids.ts'
import { offline, type PresenceOf, personToWire } from './present.ts'
import {
  findUserByEmail,
  findUserById,
  findUserByUsername,
  searchUsers,
  selectEverybody,
  shareChat,
} from './sql.ts'
import { fold, hasRole, type UserRow } from './user.ts'
import type { PersonWire } from './wire.ts'

/** `cursor` is the `next` of the page before. */
export interface PeopleQuery {
  query?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** `next` is null on the last page. */
export interface PeoplePage {
  data: PersonWire[]
  page: { next: string | null }
}

const SEARCHES = { name: 'people', points: 300, perMs: 180_000 }

/** One person. Refuses `not_found` `user`, also to a guest who shares no chat with them. */
export async function findPerson(
  app: App,
  askerId: Id<'user'>,
  userId: Id<'user'>,
  presenceOf: PresenceOf = offline,
): Promise<PersonWire> {
  const { read } = app.db
  const asker = await requireUser(read, askerId)
  const user = await findUserById(read, userId)
  if (user === undefined || !(await maySee(read, asker, user))) return refuse('not_found', 'user')
  return personToWire(app, user, asker, presenceOf(userId))
}

/** Everybody with an account, for an operator at the machine. */
export const listEverybody = (app: App): Promise<UserRow[]> => selectEverybody(app.db.read)

/** The account that an operator means by an e-mail, a username or an id. Refuses `not_found` `user`. */
export async function findWho(app: App, who: string): Promise<UserRow> {
  const { read } = app.db
  const name = who.toLowerCase()
  const user = isUuid(name)
    ? await findUserById(read, name as Id<'user'>)
    : await (name.includes('@') ? findUserByEmail(read, name) : findUserByUsername(read, name))
  return user ?? refuse('not_found', 'user')
}

/** People by username, whose name or username holds the query; only server admins are shown the deactivated. */
export async function listPeople(
  app: App,
  askerId: Id<'user'>,
  { query = '', limit, cursor = '' }: PeopleQuery,
  presenceOf: PresenceOf = offline,
): Promise<PeoplePage> {
  await app.limits.spend(SEARCHES, askerId)
  const asker = await requireUser(app.db.read, askerId)
  const rows = await searchUsers(app.db.read, {
    askerId,
    pattern: `%${escapeLike(fold(query))}%`,
    everybody: hasRole(asker.role, 'member') ? 1 : 0,
    inactive: hasRole(asker.role, 'admin') ? 1 : 0,
    after: cursor,
    limit: limit + 1,
  })
  const shown = rows.slice(0, limit)
  const data = await Promise.all(shown.map((user) => personToWire(app, user, asker, presenceOf(user.id))))
  return { data, page: { next: rows.length > limit ? (shown.at(-1)?.username ?? null) : null } }
}

const escapeLike = (text: string): string => text.replace(/[!%_]/g, '!$&')

const maySee = async (sql: Sql, asker: UserRow, user: UserRow): Promise<boolean> =>
  asker.id === user.id || hasRole(asker.role, 'member') || (await shareChat(sql, asker.id, user.id))

/** The asker, as the database knows them now. Refuses `unauthenticated` `session_over`. */
export async function requireUser(sql: Sql, userId: Id<'user'>): Promise<UserRow> {
  const user = await findUserById(sql, userId)
  return user?.is_active === 1 ? user : refuse('unauthenticated', 'session_over')
}
