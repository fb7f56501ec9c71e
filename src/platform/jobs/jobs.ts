import type { Clock } from '../clock.ts'
import type { Sql } from '../db/db.ts'
import { insertJob } from './sql.ts'

/** Work that must not be lost and must not delay an answer (C14). */
export interface NewJob {
  kind: string
  payload: object
  /** Not before this time (Unix ms); at once when absent. */
  runAt?: number
  /** At most one job of this kind with this key is stored, until a week after it is done. */
  key?: string
}

export interface Jobs {
  /** Stores the job in the write that causes it: rolled back with it, started after its commit. */
  enqueue(sql: Sql, job: NewJob): Promise<void>
}

/** `poke` tells the worker that something is coming: it looks again and again for a moment, then as rarely as ever. */
export function createJobs(clock: Clock, poke: () => void): Jobs {
  return {
    async enqueue(sql, job) {
      await insertJob(sql, job, clock.now())
      poke()
    },
  }
}
