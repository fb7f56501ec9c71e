import type { Config } from '../config.ts'
import type { Clock } from './clock.ts'
import type { Db } from './db/db.ts'
import type { Limits } from './http/limits.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Kv } from './kv/kv.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Bus } from './realtime/bus.ts'
import type { Secrets } from './secrets.ts'

/** What every action is handed. Built once, by the roof. */
export interface App {
  config: Config
  db: Db
  bus: Bus
  jobs: Jobs
  kv: Kv
  limits: Limits
  secrets: Secrets
  clock: Clock
  /** What this node counts about itself. */
  metrics: Metrics
  log: Log
}
