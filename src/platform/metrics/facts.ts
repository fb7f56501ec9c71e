import type { Checks } from '../http/health.ts'
import type { JobCounts } from '../jobs/count.ts'

/** What is looked up when somebody asks, beside what was counted all along. Null is not known. */
export interface Facts {
  sockets: number
  /** Users with sockets here. */
  users: number
  /** Events that wait for one before them. */
  held: number
  checks: Checks
  jobs: readonly JobCounts[] | null
  active: readonly ActiveUsers[] | null
  process: ProcessFacts
  /** Of the file system under the data folder, in bytes. */
  disk: { free: number; size: number } | null
  build: { version: string; commit: string; bun: string; database: string }
}

/** People who used a session within a while. */
export interface ActiveUsers {
  window: '1d' | '7d' | '30d'
  users: number
}

export interface ProcessFacts {
  cpuSeconds: number
  residentBytes: number
  openFiles: number | null
  maxFiles: number | null
  /** Unix seconds. */
  startedAt: number
}
