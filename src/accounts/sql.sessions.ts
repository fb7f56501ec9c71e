import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { Session } from '../platform/session.ts'

export interface SessionRow {
  id: Id<'session'>
  user_id: Id<'user'>
  authz_version: number
  user_agent: string
  created_at: number
  last_used_at: number
  expires_at: number
  ended_at: number | null
}

export async function insertSession(sql: Sql, session: SessionRow): Promise<void> {
  await sql`
    insert into sessions (id, user_id, authz_version, user_agent, created_at, last_used_at, expires_at, ended_at)
    values (${session.id}, ${session.user_id}, ${session.authz_version}, ${session.user_agent},
      ${session.created_at}, ${session.last_used_at}, ${session.expires_at}, ${session.ended_at})`
}

/** The one question behind every request and every socket: is this session still good, and whose is it? */
export async function findLiveSession(
  sql: Sql,
  id: Id<'session'>,
  now: number,
): Promise<Session | undefined> {
  return (await selectLiveSession(sql, id, now))?.session
}

/** The same, with the time at which it ends by itself. */
export async function selectLiveSession(
  sql: Sql,
  id: Id<'session'>,
  now: number,
): Promise<{ session: Session; expiresAt: number } | undefined> {
  const [row] = await sql<{
    id: Id<'session'>
    user_id: Id<'user'>
    role: Session['role']
    kind: Session['kind']
    expires_at: number
  }>`
    select s.id, u.id as user_id, u.role, u.kind, s.expires_at
    from sessions s join users u on u.id = s.user_id
    where s.id = ${id} and s.ended_at is null and s.expires_at > ${now}
      and u.is_active = 1 and u.authz_version = s.authz_version`
  if (row === undefined) return undefined
  const session = { id: row.id, userId: row.user_id, role: row.role, kind: row.kind }
  return { session, expiresAt: row.expires_at }
}

export async function findSession(sql: Sql, id: Id<'session'>): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow>`select * from sessions where id = ${id}`
  return row
}

export async function renewSession(
  sql: Sql,
  id: Id<'session'>,
  now: number,
  expiresAt: number,
): Promise<void> {
  await sql`update sessions set last_used_at = ${now}, expires_at = ${expiresAt} where id = ${id}`
}

/** What this user can be signed out of, the newest first; `before` is the last id of the page before. */
export const selectSessions = (
  sql: Sql,
  userId: Id<'user'>,
  page: { before: string; limit: number; now: number },
): Promise<SessionRow[]> => sql<SessionRow>`
  select s.* from sessions s join users u on u.id = s.user_id
  where s.user_id = ${userId} and s.id < ${page.before} and s.ended_at is null and s.expires_at > ${page.now}
    and s.authz_version = u.authz_version
  order by s.id desc limit ${page.limit}`

export async function endSessionRow(sql: Sql, id: Id<'session'>, now: number): Promise<void> {
  await sql`update sessions set ended_at = ${now} where id = ${id} and ended_at is null`
}

/** Tells the sweep of every node to look at this user's sockets again: each change has a time of its own. */
export async function touchAuthz(sql: Sql, userId: Id<'user'>, now: number): Promise<void> {
  await sql`
    update users set authz_changed_at = case when authz_changed_at < ${now} then ${now} else authz_changed_at + 1 end
    where id = ${userId}`
}

/** From here on no session of the user is good, also one that a slower node is just opening. */
export async function bumpAuthz(sql: Sql, userId: Id<'user'>, now: number): Promise<void> {
  await sql`
    update users set authz_version = authz_version + 1,
      authz_changed_at = case when authz_changed_at < ${now} then ${now} else authz_changed_at + 1 end
    where id = ${userId}`
  await sql`update sessions set ended_at = ${now} where user_id = ${userId} and ended_at is null`
}

/** The one session that survives `bumpAuthz`. */
export async function keepSession(sql: Sql, id: Id<'session'>): Promise<void> {
  await sql`
    update sessions set ended_at = null, authz_version = (select authz_version from users where id = user_id)
    where id = ${id}`
}

/** Of these sessions, those that are good. */
export async function selectLiveSessions(
  sql: Sql,
  ids: readonly Id<'session'>[],
  now: number,
): Promise<Id<'session'>[]> {
  const rows = await sql<{ id: Id<'session'> }>`
    select s.id from sessions s join users u on u.id = s.user_id
    where s.id in ${sql.list(ids)} and s.ended_at is null and s.expires_at > ${now}
      and u.is_active = 1 and u.authz_version = s.authz_version`
  return rows.map((row) => row.id)
}

/** Whose sockets must be looked at again, and since when, by the database's clock. */
export const selectAuthzChanged = (sql: Sql, since: number) =>
  sql<{ id: Id<'user'>; changed_at: number }>`
    select id, authz_changed_at as changed_at from users where authz_changed_at > ${since}`

/** Some of those that were over before this time, with their tokens; how many went. */
export async function deleteOldSessions(sql: Sql, before: number, limit: number): Promise<number> {
  const rows = await sql<{ id: Id<'session'> }>`
    select id from sessions where expires_at < ${before} or ended_at < ${before} limit ${limit}`
  const ids = sql.list(rows.map((row) => row.id))
  await sql`delete from refresh_tokens where session_id in ${ids}`
  await sql`delete from sessions where id in ${ids}`
  return rows.length
}

/** People by the last use of any session of theirs: the earliest time last. */
export async function countUsersSince(
  sql: Sql,
  [day, week, month]: readonly [number, number, number],
): Promise<number[]> {
  const [row] = await sql<{ d: number; w: number; m: number }>`
    select count(case when last >= ${day} then 1 end) as d, count(case when last >= ${week} then 1 end) as w,
      count(*) as m
    from (select max(last_used_at) as last from sessions where last_used_at >= ${month} group by user_id) as used`
  return row === undefined ? [] : [row.d, row.w, row.m]
}
