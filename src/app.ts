import type { App } from './platform/context.ts'
import { databaseClock } from './platform/db/databaseClock.ts'
import type { OpenDb } from './platform/db/db.ts'
import { CannotStart } from './platform/db/failure.ts'
import { lockFolder } from './platform/db/lock.ts'
import { migrate, readSchema } from './platform/db/migrate.ts'
import { keepAnalyzed } from './platform/db/postgres.analyze.ts'
import { countRefusals } from './platform/http/limits.counted.ts'
import { createJobs } from './platform/jobs/jobs.ts'
import { createWorker, type Worker } from './platform/jobs/worker.ts'
import { admitWrites, holdable } from './platform/keeping/hold.ts'
import { createLog, type Log } from './platform/log.ts'
import { createMetrics, type Metrics } from './platform/metrics/metrics.ts'
import { createBus, type LocalBus } from './platform/realtime/bus.ts'
import { countPackets } from './platform/realtime/relay.counted.ts'
import { openSecrets } from './platform/secrets.ts'
import { followKey, requireSameKey } from './platform/secretsGuard.ts'
import { makeDataDir, openDatabase } from './commands/database.ts'
import type { Config } from './config.ts'
import { readEpoch } from './epoch.ts'
import { createLogReader } from './messages/index.ts'
import { allJobs } from './rooms.ts'
import { nodeName, openShared } from './shared.ts'

/** The adapters of one process, opened in order and closed in the opposite one. */
export interface OpenApp {
  app: App
  bus: LocalBus
  worker: Worker
  /** Names this database's history. */
  epoch: string
  /** Names this process among all nodes. */
  node: string
  close(): Promise<void>
}

/**
 * Opens everything an action needs: the folder's lock, the database at its newest schema, the secrets. Throws
 * `CannotStart` with the exit code and what to do.
 */
export async function openApp(config: Config): Promise<OpenApp> {
  makeDataDir(config)
  const lock = lockFolder(config.dataDir)
  try {
    const log = createLog(config.logLevel, config.logFormat)
    const metrics = createMetrics()
    const db = holdable(await openDatabase(config, { log, meter: metrics.dbMeter }))
    await admitWrites(db)
    await bringUpToDate(config, db)
    return await assemble({ config, log, db, metrics, unlock: lock.release })
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Parts {
  config: Config
  log: Log
  db: OpenDb
  metrics: Metrics
  unlock(): void
}

async function assemble({ config, log, db, metrics, unlock }: Parts): Promise<OpenApp> {
  const secrets = openSecrets(config)
  await requireSameKey(db, secrets)
  // Where one node is alone, nobody else replaces the key.
  const endFollowing = db.dialect === 'postgres' ? followKey(db, secrets, log) : () => {}
  const endAnalyzing = db.dialect === 'postgres' ? keepAnalyzed(db) : () => {}
  const clock = await databaseClock(db)
  const [epoch, node] = [await readEpoch(db), nodeName()]
  const shared = await openShared({ config, db, clock, log, metrics, epoch }, node)
  const relay = countPackets(shared.relay, metrics.relay)
  const bus = createBus({ reader: createLogReader(db), relay, log, metrics })
  const late: { worker?: Worker } = {}
  const app: App = {
    config,
    db,
    bus,
    jobs: createJobs({ clock, secrets, poke: () => late.worker?.poke() }),
    kv: shared.kv,
    limits: countRefusals(shared.limits, metrics.limits),
    secrets,
    clock,
    metrics,
    log,
  }
  const worker = createWorker(app, allJobs(config))
  late.worker = worker
  return {
    app,
    bus,
    worker,
    epoch,
    node,
    async close() {
      await worker.stop()
      await shared.close()
      endFollowing()
      endAnalyzing()
      clock.close()
      await db.close()
      unlock()
    },
  }
}

async function bringUpToDate(config: Config, db: OpenDb): Promise<void> {
  if (config.autoMigrate) return void (await migrate(db, { snapshots: `${config.dataDir}/snapshots` }))
  if ((await readSchema(db)).pending.length === 0) return
  throw new CannotStart(5, 'The database is older than this Warren. Run `warren migrate up` first.')
}
