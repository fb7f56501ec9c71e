import type { Clock } from '../clock.ts'
import type { Sql } from '../db/db.ts'
import type { Secrets } from '../secrets.ts'
import { traceNow, traceparentOf } from '../trace.ts'
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

interface Parts {
  clock: Clock
  secrets: Secrets
  /** Tells the worker that something is coming: it looks again and again for a moment, then as rarely as ever. */
  poke(): void
}

/** What a job carries is kept sealed: a mail that waits, or that nobody took, holds a link that opens an account. */
export function createJobs({ clock, secrets, poke }: Parts): Jobs {
  return {
    async enqueue(sql, { payload, ...job }) {
      const sealed = secrets.seal(JSON.stringify(payload))
      const trace = traceNow()
      const traceparent = trace === undefined ? null : traceparentOf(trace)
      await insertJob(sql, { ...job, sealed, traceparent }, clock.now())
      poke()
    },
  }
}
