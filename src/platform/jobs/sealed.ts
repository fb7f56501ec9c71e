import type { SealedColumn, SealedRow } from '../secretsRotation.ts'

/** What jobs carry; a job that is done carries nothing. */
export const sealedJobs: SealedColumn = {
  name: 'jobs.payload',
  page: (sql, after, limit) => sql<SealedRow>`
    select id, payload as sealed from jobs where id > ${after} order by id limit ${limit}`,
  async replace(sql, id, from, to) {
    await sql`update jobs set payload = ${to} where id = ${id} and payload = ${from}`
  },
}
