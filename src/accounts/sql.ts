import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { UserRow } from './user.ts'

/** By id; active or not. */
export async function findUserById(sql: Sql, id: Id<'user'>): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow>`select * from users where id = ${id}`
  return row
}

/** By e-mail in its one canonical form, as `emailInput` gives it. */
export async function findUserByEmail(sql: Sql, email: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow>`select * from users where email = ${email}`
  return row
}

/** By username, exactly. */
export async function findUserByUsername(sql: Sql, username: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow>`select * from users where username = ${username}`
  return row
}

export async function hasUsers(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 as found from users limit 1`
  return row !== undefined
}

/** Null when the e-mail or the username is taken, also by somebody who came in between. */
export async function insertUser(sql: Sql, user: UserRow): Promise<UserRow | null> {
  const [row] = await sql<UserRow>`
    insert into users (id, email, username, full_name, name_folded, phone_number, locale, role, kind, password_hash,
      email_verified_at, authz_version, authz_changed_at, is_active, created_at, updated_at)
    values (${user.id}, ${user.email}, ${user.username}, ${user.full_name}, ${user.name_folded},
      ${user.phone_number}, ${user.locale},
      ${user.role}, ${user.kind}, ${user.password_hash}, ${user.email_verified_at}, ${user.authz_version},
      ${user.authz_changed_at}, ${user.is_active}, ${user.created_at}, ${user.updated_at})
    on conflict do nothing
    returning *`
  return row ?? null
}

export interface SenderRow {
  id: Id<'user'>
  username: string
  full_name: string
}

type StatusRow = Pick<UserRow, 'id' | 'status_emoji' | 'status_text'>

export const selectSenders = (sql: Sql, ids: readonly Id<'user'>[]): Promise<SenderRow[]> =>
  sql<SenderRow>`select id, username, full_name from users where id in ${sql.list(ids)}`

/** Of those among them who have set a sign. */
export const selectStatuses = (sql: Sql, ids: readonly Id<'user'>[]): Promise<StatusRow[]> =>
  sql<StatusRow>`
    select id, status_emoji, status_text from users where id in ${sql.list(ids)} and status_emoji <> ''`

/** Only one of two first accounts made at once gets this. */
export async function claimFirst(sql: Sql, now: number): Promise<boolean> {
  const rows = await sql`
    insert into settings (name, value) values ('first_account', ${String(now)}) on conflict do nothing returning name`
  return rows.length === 1
}

/** A better hash of the same password: nobody's sessions end. */
export async function replaceHash(sql: Sql, id: Id<'user'>, hash: string): Promise<void> {
  await sql`update users set password_hash = ${hash} where id = ${id}`
}

/** Another password. */
export async function setHash(sql: Sql, id: Id<'user'>, hash: string, now: number): Promise<void> {
  await sql`update users set password_hash = ${hash}, updated_at = ${now} where id = ${id}`
}

export async function setVerified(sql: Sql, id: Id<'user'>, now: number): Promise<void> {
  await sql`update users set email_verified_at = ${now}, updated_at = ${now}
    where id = ${id} and email_verified_at is null`
}

export interface Profile
  extends Pick<UserRow, 'full_name' | 'phone_number' | 'bio' | 'status_text' | 'status_emoji' | 'locale'> {
  name_folded: string
}

export async function updateProfileRow(
  sql: Sql,
  id: Id<'user'>,
  profile: Profile,
  now: number,
): Promise<UserRow> {
  const [row] = await sql<UserRow>`
    update users set full_name = ${profile.full_name}, name_folded = ${profile.name_folded},
      phone_number = ${profile.phone_number}, bio = ${profile.bio}, status_text = ${profile.status_text},
      status_emoji = ${profile.status_emoji}, locale = ${profile.locale}, updated_at = ${now}
    where id = ${id} returning *`
  if (row === undefined) throw new Error(`user ${id} has no row`)
  return row
}

export async function setStanding(
  sql: Sql,
  id: Id<'user'>,
  { role, is_active }: Pick<UserRow, 'role' | 'is_active'>,
  now: number,
): Promise<void> {
  await sql`update users set role = ${role}, is_active = ${is_active}, updated_at = ${now} where id = ${id}`
}

/** In ascending order, as they must be locked. */
export async function selectActiveOwners(sql: Sql): Promise<Id<'user'>[]> {
  const rows = await sql<{ id: Id<'user'> }>`
    select id from users where role = 'owner' and is_active = 1 order by id`
  return rows.map((row) => row.id)
}

export interface Search {
  askerId: Id<'user'>
  /** Folded and escaped for `like`; `%` finds everybody. */
  pattern: string
  /** 1: also people whom the asker shares no chat with. */
  everybody: number
  inactive: number
  /** The username after which the page begins. */
  after: string
  limit: number
}

/**
 * People by username. That guests see only those they share a chat with is asked here, of the table of a higher room:
 * one statement stays one page, where a function handed in would be asked for everybody.
 */
export const searchUsers = (sql: Sql, search: Search): Promise<UserRow[]> => sql<UserRow>`
  select * from users u
  where u.username > ${search.after} and u.name_folded like ${search.pattern} escape '!'
    and (u.is_active = 1 or ${search.inactive} = 1)
    and (${search.everybody} = 1 or u.id = ${search.askerId} or exists (
      select 1 from members mine join members theirs on theirs.chat_id = mine.chat_id
      join chats c on c.id = mine.chat_id
      where mine.user_id = ${search.askerId} and mine.left_at is null
        and theirs.user_id = u.id and theirs.left_at is null and c.deleted_at is null))
  order by u.username limit ${search.limit}`

export const selectEverybody = (sql: Sql): Promise<UserRow[]> =>
  sql<UserRow>`select * from users order by username`

/** The owner of longest standing, in whose name an operator acts. */
export async function selectFirstOwner(sql: Sql): Promise<Id<'user'> | undefined> {
  const [row] = await sql<{ id: Id<'user'> }>`
    select id from users where role = 'owner' and is_active = 1 order by id limit 1`
  return row?.id
}

export async function shareChat(sql: Sql, one: Id<'user'>, other: Id<'user'>): Promise<boolean> {
  const rows = await sql`
    select 1 as found from members mine join members theirs on theirs.chat_id = mine.chat_id
    join chats c on c.id = mine.chat_id
    where mine.user_id = ${one} and mine.left_at is null and theirs.user_id = ${other} and theirs.left_at is null
      and c.deleted_at is null limit 1`
  return rows.length > 0
}
