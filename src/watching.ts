import type { App } from './platform/context.ts'
import { CannotStart } from './platform/db/failure.ts'
import { codeOf } from './platform/errors.ts'
import type { Check, Checks, Health } from './platform/http/health.ts'
import type { OpsListener } from './platform/http/ops.ts'
import type { Exposition } from './platform/http/scrape.ts'
import { countJobs } from './platform/jobs/count.ts'
import type { Facts } from './platform/metrics/facts.ts'
import { keepFigure } from './platform/metrics/figure.ts'
import { watchLag } from './platform/metrics/lag.ts'
import { lookAtDisk, lookAtProcess } from './platform/metrics/process.ts'
import type { Realtime } from './platform/realtime/socket.ts'
import type { Sweep } from './platform/realtime/sweep.ts'
import { COMMIT, VERSION } from './platform/version.ts'
import { countActiveUsers } from './accounts/index.ts'
import { listenTrouble, parseListen } from './config.ts'

/** What operators see of a node. */
export interface Watching {
  health: Health
  expose: Exposition
  stop(): void
}

interface Watched {
  app: App
  realtime: Realtime
  sweep: Sweep
  isDraining(): boolean
}

export function createWatching(watched: Watched): Watching {
  const { app, realtime } = watched
  const { metrics, db, clock, config } = app
  const { dataDir } = config
  const databaseAnswers = watchDatabase(app)
  const health: Health = { look: () => lookAtChecks(watched, databaseAnswers) }
  const jobs = keepFigure(metrics, { what: 'jobs', keepMs: 10_000 }, () => countJobs(db.read, clock.now()))
  // It walks through all sessions.
  const active = keepFigure(metrics, { what: 'active_users', keepMs: 600_000 }, () => countActiveUsers(app))
  const look = async (): Promise<Facts> => {
    const facts = [health.look(), jobs.value(), active.value(), lookAtProcess(), lookAtDisk(dataDir)] as const
    const [checks, jobCounts, activeUsers, process, disk] = await Promise.all(facts)
    return {
      sockets: realtime.sockets.size,
      users: realtime.bus.live.users.size,
      held: countHeld(realtime),
      checks,
      jobs: jobCounts,
      active: activeUsers,
      process,
      disk,
      build: { version: VERSION, commit: COMMIT, bun: Bun.version, database: db.dialect },
    }
  }
  return {
    health,
    stop: watchLag(metrics),
    expose: async () => {
      const { expose } = await import('./platform/metrics/expose.ts')
      return expose(metrics, await look())
    },
  }
}

/** The listener of `WARREN_OPS_LISTEN`, null without it. Throws `CannotStart` when nobody can listen there. */
export async function openOps({ config, log }: App, watching: Watching): Promise<OpsListener | null> {
  if (config.opsListen === null) return null
  const listen = parseListen(config.opsListen) as { hostname: string; port: number }
  const { startOps } = await import('./platform/http/ops.ts')
  try {
    return startOps({ listen, log, ...watching })
  } catch (error) {
    const trouble = listenTrouble(config.opsListen, codeOf(error), 'WARREN_OPS_LISTEN')
    if (trouble === null) throw error
    throw new CannotStart(4, `${trouble.reason}: ${trouble.fix}.`)
  }
}

function countHeld({ bus }: Realtime): number {
  let held = 0
  for (const { gap } of bus.live.chats.values()) held += gap?.held.size ?? 0
  return held
}

/**
 * A node that has not heard from its database for 5 s can't promise that it tells everything. Without Redis it still
 * does, only later.
 */
async function lookAtChecks(
  { app, sweep, isDraining }: Watched,
  databaseAnswers: () => Promise<boolean>,
): Promise<Checks> {
  const { isUp } = app.metrics.relay
  const checks: Record<string, Check> = {
    draining: { ok: !isDraining(), needed: true },
    database: await lookAtDatabase(app, databaseAnswers),
    sweep: { ok: sweep.isFresh(), needed: true },
    key: lookAtKey(app.secrets.trouble),
  }
  if (isUp !== null) checks.redis = { ok: isUp, needed: false }
  return checks
}

async function lookAtDatabase({ db }: App, answers: () => Promise<boolean>): Promise<Check> {
  const ok = (await answers()) && db.trouble === null
  return { ok, needed: true, ...(db.trouble === null ? {} : { why: db.trouble }) }
}

/** A node that was missed while the secret key was replaced would do harm by what it seals, and can't open what others do. */
const lookAtKey = (why: string | null): Check =>
  why === null ? { ok: true, needed: true } : { ok: false, needed: true, why }

/** A supervisor does not wait for a database that hangs: 2 s is what they give us. */
const PATIENCE_MS = 1500

/**
 * Whether it answers, however many wait for it: overload is no outage. One question at a time, whoever asks: what hangs
 * must not use up the connections.
 */
function watchDatabase({ db }: App): () => Promise<boolean> {
  let asked: Promise<boolean> | null = null
  const ask = async (): Promise<boolean> => {
    try {
      await db.ahead`select 1`
      return true
    } catch {
      return false
    } finally {
      asked = null
    }
  }
  return () => {
    asked ??= ask()
    return Promise.race([asked, Bun.sleep(PATIENCE_MS).then(() => false)])
  }
}
