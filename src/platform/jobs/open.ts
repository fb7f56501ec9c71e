import type { App } from '../context.ts'
import { listOpen, reviveDead, reviveJob } from './sql.ts'

/** A job that is not done, as an operator sees it: what it carries stays sealed. */
export interface OpenJob {
  id: string
  kind: string
  /** `dead`: given up after its last attempt; it stays until somebody replays it. */
  state: 'waiting' | 'running' | 'dead'
  attempts: number
  lastError: string | null
  /** When it is tried next, or was given up (Unix ms). */
  at: number
}

/** The dead first, then in the order in which they are due; at most `limit`. */
export async function listOpenJobs(app: App, limit: number): Promise<OpenJob[]> {
  const rows = await listOpen(app.db.read, limit)
  const now = app.clock.now()
  return rows.map(({ id, kind, attempts, last_error, run_at, dead_at, lease_until }) => ({
    id,
    kind,
    state: dead_at !== null ? 'dead' : (lease_until ?? 0) > now ? 'running' : 'waiting',
    attempts,
    lastError: last_error,
    at: dead_at ?? run_at,
  }))
}

/** Gives a dead job a new life: all its attempts, from now. False when there is no such dead job. */
export function replayJob(app: App, id: string): Promise<boolean> {
  return app.db.write((sql) => reviveJob(sql, id, app.clock.now()))
}

/** The same for all that are dead; returns how many. */
export function replayDeadJobs(app: App): Promise<number> {
  return app.db.write((sql) => reviveDead(sql, app.clock.now()))
}
