import { type Clock, systemClock } from '../clock.ts'
import type { Db } from './db.ts'

export interface DatabaseClock extends Clock {
  close(): void
}

const EVERY_MS = 10_000
/** What took longer says too little: this process may have stood still between the answer and its hearing. */
const BELIEVED_MS = 1000

/**
 * The database's clock, so that nodes may be an hour off (C17). Asked at the start and every 10 s; between, this
 * process counts on by its monotonic clock, which nobody sets. SQLite has no other clock than the system's.
 */
export async function databaseClock(db: Db, everyMs = EVERY_MS): Promise<DatabaseClock> {
  if (db.dialect === 'sqlite') return { now: systemClock.now, close: () => {} }

  let { start } = await measure(db)
  const timer = setInterval(() => {
    // A database that is away keeps its last known time.
    measure(db).then(
      (measured) => {
        if (measured.tookMs < BELIEVED_MS) start = measured.start
      },
      () => {},
    )
  }, everyMs)
  timer.unref()
  return { now: () => Math.round(start + performance.now()), close: () => clearInterval(timer) }
}

/** The database's time when this process began, taking the answer to be half the round trip old. */
async function measure(db: Db): Promise<{ start: number; tookMs: number }> {
  const asked = performance.now()
  const [row] = await db.read<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`
  if (row === undefined) throw new Error('database: no time')
  const heard = performance.now()
  return { start: row.now - (asked + heard) / 2, tookMs: heard - asked }
}
