import type { App } from '../platform/context.ts'
import { type Id, newId } from '../platform/ids.ts'
import { createJobs } from '../platform/jobs/jobs.ts'
import { createMemoryKv } from '../platform/kv/kv.memory.ts'
import { createLog } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import type { Bus, ServerFrame } from '../platform/realtime/bus.ts'
import { createSecrets } from '../platform/secrets.ts'
import type { Role } from '../platform/session.ts'
import { loadConfig } from '../config.ts'
import { type FreshDatabase, freshDatabase } from './databases.ts'

/** What an action told, in the order in which it did. */
export interface Telling {
  to: 'chat' | 'user' | 'admitted' | 'closed' | 'recheck' | 'mark' | 'look' | 'whisper' | 'watchers'
  id: string
  rev?: number
  frame?: ServerFrame
}

export interface TestApp {
  app: App
  told: Telling[]
  /** Job kinds and payloads stored so far; what is done has none. */
  jobs(): Promise<{ kind: string; payload: string }[]>
  /** Moves the clock on. */
  later(ms: number): void
  close(): Promise<void>
}

/** An App on a real database whose bus writes down what it is told: for tests of actions, without a server. */
export async function openTestApp(fresh: Promise<FreshDatabase> = freshDatabase()): Promise<TestApp> {
  const database = await fresh
  const told: Telling[] = []
  let now = Date.parse('2026-11-21T09:00:00.000Z')
  const clock = { now: () => now }
  const { db } = database
  const secrets = createSecrets('a-secret-key-that-only-tests-have-0123456789')
  const app: App = {
    config: loadConfig({ env: {} }).config,
    db,
    bus: recordingBus(told),
    jobs: createJobs({ clock, secrets, poke: () => {} }),
    kv: createMemoryKv(clock),
    limits: { spend: async () => {}, check: async () => {} },
    secrets,
    clock,
    metrics: createMetrics(),
    log: createLog('silent'),
  }
  return {
    app,
    told,
    jobs: async () => {
      const rows = await db.read<{
        kind: string
        payload: string
      }>`select kind, payload from jobs order by id`
      return rows.map((row) => ({
        ...row,
        payload: row.payload === '{}' ? '{}' : secrets.open(row.payload),
      }))
    },
    later: (ms) => {
      now += ms
    },
    close: () => database.close(),
  }
}

function recordingBus(told: Telling[]): Bus {
  return {
    deliver: (id, rev, frame) => void told.push({ to: 'chat', id, rev, frame }),
    admit: (id, userIds, rev) => void told.push({ to: 'admitted', id: `${id}:${userIds.join(',')}`, rev }),
    close: (id) => void told.push({ to: 'closed', id }),
    tellUser: (id, frame) => void told.push({ to: 'user', id, frame }),
    tellWatchers: (id, frame) => void told.push({ to: 'watchers', id, frame }),
    tellChat: (id, frame) => void told.push({ to: 'whisper', id, frame }),
    noteMark: (id, chatId, seq) => void told.push({ to: 'mark', id: `${id}:${chatId}`, rev: seq }),
    recheck: (id) => void told.push({ to: 'recheck', id }),
    lookAt: (id) => void told.push({ to: 'look', id }),
  }
}

/** A person who exists, without the ceremony of registering: `ann` is `ann@example.org`. */
export async function addPerson(app: App, username: string, role: Role = 'member'): Promise<Id<'user'>> {
  const id = newId<'user'>()
  const now = app.clock.now()
  await app.db.write(
    (sql) => sql`
      insert into users (id, email, username, full_name, role, email_verified_at, authz_changed_at, created_at, updated_at)
      values (${id}, ${`${username}@example.org`}, ${username}, ${username}, ${role}, ${now}, ${now}, ${now}, ${now})`,
  )
  return id
}

/** The cast of the tests: ann and bo work together, cy is the stranger, ada owns the server, gus is a guest. */
export type Cast = Record<'ann' | 'bo' | 'cy' | 'ada' | 'gus', Id<'user'>>

export const addCast = async (app: App): Promise<Cast> => ({
  ann: await addPerson(app, 'ann'),
  bo: await addPerson(app, 'bo'),
  cy: await addPerson(app, 'cy'),
  ada: await addPerson(app, 'ada', 'owner'),
  gus: await addPerson(app, 'gus', 'guest'),
})

/** The reason of a refusal, or what the promise answered instead. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return (error as { reason?: string }).reason ?? error
  }
}
