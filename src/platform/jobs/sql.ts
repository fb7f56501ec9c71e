import type { Sql } from '../db/db.ts'
import type { NewJob } from './jobs.ts'

/** A job that this process holds a lease on. */
export interface Claimed {
  id: string
  kind: string
  /** Sealed. */
  payload: string
  /** Of the request that caused it. */
  traceparent: string | null
  /** This run included. */
  attempts: number
  token: string
}

export interface Claim {
  kinds: readonly string[]
  limit: number
  leaseMs: number
}

export type SealedJob = Omit<NewJob, 'payload'> & { sealed: string; traceparent: string | null }

export async function insertJob(
  sql: Sql,
  { kind, sealed, runAt, key, traceparent }: SealedJob,
  now: number,
): Promise<void> {
  await sql`
    insert into jobs (id, kind, key, payload, traceparent, run_at, created_at)
    values (${Bun.randomUUIDv7()}, ${kind}, ${key ?? null}, ${sealed}, ${traceparent}, ${runAt ?? now}, ${now})
    on conflict (kind, key) do nothing`
}

/** Whether a look is worth a write. */
export async function isAnyDue(sql: Sql, kinds: readonly string[], now: number): Promise<boolean> {
  const due = await sql`
    select 1 as due from jobs
    where done_at is null and dead_at is null and run_at <= ${now}
      and (lease_until is null or lease_until <= ${now}) and kind in ${sql.list(kinds)}
    limit 1`
  return due.length > 0
}

/** Takes a lease on those due longest, of which no other node is taking one at this moment. */
export async function claimJobs(sql: Sql, { kinds, limit, leaseMs }: Claim, now: number): Promise<Claimed[]> {
  const token = crypto.randomUUID()
  const rows = await sql<Omit<Claimed, 'token'> & { run_at: number }>`
    with due as materialized (
      select id from jobs
      where done_at is null and dead_at is null and run_at <= ${now}
        and (lease_until is null or lease_until <= ${now}) and kind in ${sql.list(kinds)}
      order by run_at, id limit ${limit} ${sql.skipLocked})
    update jobs set lease_token = ${token}, lease_until = ${now + leaseMs}, attempts = attempts + 1
    where id in (select id from due)
    returning id, kind, payload, traceparent, attempts, run_at`
  const inOrder = rows.toSorted((a, b) => a.run_at - b.run_at || (a.id < b.id ? -1 : 1))
  return inOrder.map(({ run_at: _, ...row }) => ({ ...row, token }))
}

/** Those whose last lease ran out without a word: whatever they do to their process, they do it no more. */
export async function buryLost(sql: Sql, maxAttempts: number, now: number): Promise<void> {
  await sql`
    update jobs set dead_at = ${now}, lease_token = null, lease_until = null,
      last_error = 'its process ended while it ran, each time'
    where done_at is null and dead_at is null and attempts >= ${maxAttempts} and lease_until <= ${now}`
}

/** The payload goes: nobody needs it any more. False when the lease was lost. */
export const finishJob = async (sql: Sql, { id, token }: Claimed, now: number): Promise<boolean> =>
  isOne(
    await sql`
    update jobs set done_at = ${now}, payload = '{}', lease_token = null, lease_until = null, last_error = null
    where id = ${id} and lease_token = ${token} returning id`,
  )

/** False when the lease was lost. */
export const retryJob = async (
  sql: Sql,
  { id, token }: Claimed,
  runAt: number,
  error: string,
): Promise<boolean> =>
  isOne(
    await sql`
    update jobs set run_at = ${runAt}, lease_token = null, lease_until = null, last_error = ${error}
    where id = ${id} and lease_token = ${token} returning id`,
  )

/** False when the lease was lost. */
export const buryJob = async (
  sql: Sql,
  { id, token }: Claimed,
  now: number,
  error: string,
): Promise<boolean> =>
  isOne(
    await sql`
    update jobs set dead_at = ${now}, lease_token = null, lease_until = null, last_error = ${error}
    where id = ${id} and lease_token = ${token} returning id`,
  )

/** As if it had not been claimed. */
export async function giveBackJob(sql: Sql, { id, token }: Claimed): Promise<void> {
  await sql`
    update jobs set attempts = attempts - 1, lease_token = null, lease_until = null
    where id = ${id} and lease_token = ${token}`
}

export const reviveJob = async (sql: Sql, id: string, now: number): Promise<boolean> =>
  isOne(
    await sql`
    update jobs set dead_at = null, attempts = 0, run_at = ${now}
    where id = ${id} and dead_at is not null returning id`,
  )

/** Returns how many. */
export async function reviveDead(sql: Sql, now: number): Promise<number> {
  const revived = await sql`
    update jobs set dead_at = null, attempts = 0, run_at = ${now}
    where done_at is null and dead_at is not null returning id`
  return revived.length
}

export interface OpenRow {
  id: string
  kind: string
  attempts: number
  last_error: string | null
  run_at: number
  dead_at: number | null
  lease_until: number | null
}

export const listOpen = (sql: Sql, limit: number) =>
  sql<OpenRow>`
    select id, kind, attempts, last_error, run_at, dead_at, lease_until from jobs where done_at is null
    order by case when dead_at is null then 1 else 0 end, run_at, id limit ${limit}`

export async function countDead(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }>`
    select count(*) as count from jobs where done_at is null and dead_at is not null`
  return row?.count ?? 0
}

/** A few at a time, so that nobody's write waits for it. Returns how many went. */
export async function purgeDone(sql: Sql, before: number): Promise<number> {
  const gone = await sql`
    delete from jobs where id in (select id from jobs where done_at < ${before} order by done_at limit 200)
    returning id`
  return gone.length
}

const isOne = (rows: unknown[]) => rows.length === 1
