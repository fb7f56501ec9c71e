import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'

export interface SigningKeyRow {
  kid: string
  sealed_jwk: string
  created_at: number
  retires_at: number
}

export const selectSigningKeys = (sql: Sql): Promise<SigningKeyRow[]> =>
  sql<SigningKeyRow>`select * from signing_keys order by created_at`

export async function insertSigningKey(sql: Sql, key: SigningKeyRow): Promise<void> {
  await sql`
    insert into signing_keys (kid, sealed_jwk, created_at, retires_at)
    values (${key.kid}, ${key.sealed_jwk}, ${key.created_at}, ${key.retires_at})
    on conflict (kid) do nothing`
}

export async function deleteRetiredKeys(sql: Sql, now: number): Promise<void> {
  await sql`delete from signing_keys where retires_at <= ${now}`
}

export interface RefreshTokenRow {
  hash: string
  session_id: Id<'session'>
  created_at: number
  expires_at: number
  used_at: number | null
}

export async function findRefreshToken(sql: Sql, hash: string): Promise<RefreshTokenRow | undefined> {
  const [row] = await sql<RefreshTokenRow>`select * from refresh_tokens where hash = ${hash}`
  return row
}

export async function insertRefreshToken(sql: Sql, token: RefreshTokenRow): Promise<void> {
  await sql`
    insert into refresh_tokens (hash, session_id, created_at, expires_at, used_at)
    values (${token.hash}, ${token.session_id}, ${token.created_at}, ${token.expires_at}, ${token.used_at})`
}

export async function markRefreshTokenUsed(sql: Sql, hash: string, now: number): Promise<void> {
  await sql`update refresh_tokens set used_at = ${now} where hash = ${hash}`
}

/** Some of those that nobody could exchange any more; how many went. */
export async function deleteExpiredTokens(sql: Sql, now: number, limit: number): Promise<number> {
  const renewals = await sql`
    delete from refresh_tokens where hash in
      (select hash from refresh_tokens where expires_at <= ${now} limit ${limit}) returning hash`
  const links = await sql`
    delete from one_time_tokens where hash in
      (select hash from one_time_tokens where expires_at <= ${now} limit ${limit}) returning hash`
  return Math.max(renewals.length, links.length)
}

export type Purpose = 'verify_email' | 'reset_password'

export interface OneTimeTokenRow {
  hash: string
  purpose: Purpose
  user_id: Id<'user'>
  created_at: number
  expires_at: number
}

export async function insertOneTimeToken(sql: Sql, token: OneTimeTokenRow): Promise<void> {
  await sql`
    insert into one_time_tokens (hash, purpose, user_id, created_at, expires_at)
    values (${token.hash}, ${token.purpose}, ${token.user_id}, ${token.created_at}, ${token.expires_at})`
}

/** Whose it is, while it can still be used. */
export async function findTokenOwner(
  sql: Sql,
  token: { hash: string; purpose: Purpose },
  now: number,
): Promise<Id<'user'> | undefined> {
  const [row] = await sql<{ user_id: Id<'user'> }>`
    select user_id from one_time_tokens
    where hash = ${token.hash} and purpose = ${token.purpose} and used_at is null and expires_at > ${now}`
  return row?.user_id
}

/** One statement, so that of fifty who bring the same token at once one is served (S-07). */
export async function spendOneTimeToken(
  sql: Sql,
  token: { hash: string; purpose: Purpose },
  now: number,
): Promise<Id<'user'> | undefined> {
  const [row] = await sql<{ user_id: Id<'user'> }>`
    update one_time_tokens set used_at = ${now}
    where hash = ${token.hash} and purpose = ${token.purpose} and used_at is null and expires_at > ${now}
    returning user_id`
  return row?.user_id
}

/** The other links of the same kind that lie in a mailbox stop working. */
export async function voidOneTimeTokens(
  sql: Sql,
  userId: Id<'user'>,
  purpose: Purpose,
  now: number,
): Promise<void> {
  await sql`
    update one_time_tokens set used_at = ${now}
    where user_id = ${userId} and purpose = ${purpose} and used_at is null`
}
