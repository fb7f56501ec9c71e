import type { Sql } from '../db/db.ts'

/** Open jobs of one kind, in the whole installation. */
export interface JobCounts {
  kind: string
  queued: number
  running: number
  dead: number
  /** How long the one that is due longest has been due; 0 when none is. */
  oldestAgeSeconds: number
}

export async function countJobs(sql: Sql, now: number): Promise<JobCounts[]> {
  const rows = await sql<Omit<JobCounts, 'oldestAgeSeconds'> & { due_since: number | null }>`
    select kind,
      sum(case when dead_at is null and (lease_until is null or lease_until <= ${now}) then 1 else 0 end) as queued,
      sum(case when dead_at is null and lease_until > ${now} then 1 else 0 end) as running,
      sum(case when dead_at is null then 0 else 1 end) as dead,
      min(case when dead_at is null and (lease_until is null or lease_until <= ${now}) and run_at <= ${now}
        then run_at end) as due_since
    from jobs where done_at is null group by kind order by kind`
  return rows.map(({ due_since, ...counts }) => ({
    ...counts,
    oldestAgeSeconds: due_since === null ? 0 : (now - due_since) / 1000,
  }))
}
