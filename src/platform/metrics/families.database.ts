import type { Facts } from './facts.ts'
import { counter, type Family, gauges, histogram, type Sample } from './family.ts'
import type { Metrics } from './metrics.ts'

const DB: Family[] = [
  histogram(
    'warren_db_query_duration_seconds',
    'Statements outside of writes, once they have a connection.',
    ({ db }) => db.reads,
  ),
  histogram(
    'warren_db_transaction_duration_seconds',
    'Transactions that wrote, from begin to the end of their commit.',
    ({ db }) => db.transactions,
  ),
  histogram('warren_db_commit_duration_seconds', 'Commits alone: the disk.', ({ db }) => db.commits),
  histogram('warren_db_commit_writes', 'Writes that shared a transaction.', ({ db }) => db.batches),
  counter(
    'warren_db_lost_transactions_total',
    'Transactions whose outcome was no or unknown.',
    ({ db }) => db.lost,
  ),
  pool('warren_db_pool_size', 'Connections at most, by use; 0 with SQLite.', ({ size }) => size),
  pool('warren_db_pool_in_use', 'Connections in use, by use.', ({ size, asked }) => Math.min(size, asked)),
  pool('warren_db_pool_waiting', 'Who waits for a connection, by use.', ({ size, asked }) =>
    Math.max(0, asked - size),
  ),
]

function pool(name: string, help: string, read: (use: { size: number; asked: number }) => number): Family {
  return gauges(name, help, ({ db }) =>
    Object.entries(db.pools).map(([use, state]) => ({ labels: { pool: use }, value: read(state) })),
  )
}

type OfKind = 'queued' | 'running' | 'dead' | 'oldestAgeSeconds'

const ofKinds =
  (what: OfKind) =>
  (_metrics: Metrics, { jobs }: Facts): Sample[] =>
    (jobs ?? []).map((counts) => ({ labels: { kind: counts.kind }, value: counts[what] }))

const JOBS: Family[] = [
  gauges('warren_jobs_queued', 'Jobs that wait, in the whole installation, by kind.', ofKinds('queued')),
  gauges('warren_jobs_running', 'Jobs that somebody works on, by kind.', ofKinds('running')),
  gauges('warren_jobs_dead', 'Jobs given up: see `warren jobs list`.', ofKinds('dead')),
  gauges(
    'warren_jobs_oldest_age_seconds',
    'How long the job that is due longest has been due, by kind.',
    ofKinds('oldestAgeSeconds'),
  ),
]

export const DATABASE: readonly Family[] = [...DB, ...JOBS]
