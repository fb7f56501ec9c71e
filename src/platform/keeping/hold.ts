import type { Db, OpenDb, Sql } from '../db/db.ts'
import { CannotStart } from '../db/failure.ts'
import { Refusal, refuse } from '../errors.ts'
import { newId } from '../ids.ts'
import { MOVED, MOVING } from './source.ts'

/**
 * Writes of a SQLite database held off while its rows are copied elsewhere. As long as the row `moving` stands in its
 * settings with the same token, nothing else has been written: that is what a copy that was cut short can rely on.
 */
export interface Hold {
  /**
   * From now on every write is refused `unavailable`, `moving`; settles when those asked for before are on disk. With
   * the token of a hold since which nothing was written it goes on with that one. Refuses `conflict` `moving` during
   * another.
   */
  begin(token?: string): Promise<string>
  /**
   * To be called again within `LEASE_MS`, or writes are let in. Refuses `conflict` `not_moving` when they were, and as
   * soon as the end has begun.
   */
  keep(token: string): void
  /** The database is another one now: writes are refused for good, also by later nodes. */
  finish(token: string, to: string): Promise<void>
  /** Lets writes in again, whatever became of the copy. */
  end(): Promise<void>
}

/** How long writes are held off after the copier was last heard of. */
export const LEASE_MS = 30_000

const holds = new WeakMap<Db, Hold>()

/** The hold over a database's writes; undefined where there is none to take. */
export const holdOf = (db: Db): Hold | undefined => holds.get(db)

/** The same database with writes that can be held off. PostgreSQL is never moved from: it stays as it is. */
export function holdable(db: OpenDb, leaseMs = LEASE_MS): OpenDb {
  if (db.dialect !== 'sqlite') return db
  const state: State = { db, leaseMs, phase: 'open', token: null, timer: undefined }
  const guard = <A extends unknown[], T>(write: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => (state.phase === 'open' ? write(...args) : Promise.reject(moving()))
  }
  const guarded: OpenDb = {
    ...db,
    write: guard(db.write) as OpenDb['write'],
    writeJointly: guard(db.writeJointly) as OpenDb['writeJointly'],
    exclusive: guard(db.exclusive) as OpenDb['exclusive'],
    async close() {
      clearTimeout(state.timer)
      await db.close()
    },
  }
  holds.set(guarded, holdOver(state))
  return guarded
}

interface State {
  db: OpenDb
  leaseMs: number
  phase: Phase
  /** Of the last hold. */
  token: string | null
  timer: Timer | undefined
}

/** Writes are let in; somebody holds them off; the end of that is being written down; the database was moved. */
type Phase = 'open' | 'held' | 'ending' | 'done'

/** Clients come again by themselves. */
const moving = () =>
  new Refusal('unavailable', 'moving', {
    detail: 'The server is moving to another database: it reads, and will write again in some minutes.',
    retryAfterMs: 10_000,
  })

function holdOver(state: State): Hold {
  const isHeldBy = (token: string | undefined) => state.phase === 'held' && state.token === token
  const requireToken = (token: string) => {
    if (!isHeldBy(token)) refuse('conflict', 'not_moving')
  }
  return {
    async begin(token) {
      if (state.phase !== 'open' && !isHeldBy(token)) refuse('conflict', 'moving')
      if (state.phase === 'open') await take(state, token)
      rearm(state)
      return state.token ?? ''
    },
    keep(token) {
      requireToken(token)
      rearm(state)
    },
    async finish(token, to) {
      requireToken(token)
      const write = () => state.db.write((sql) => mark(sql, { to, token, at: Date.now() }))
      await conclude(state, write, { done: 'done', failed: 'held' })
    },
    end: () => release(state),
  }
}

async function take(state: State, known: string | undefined): Promise<void> {
  const fresh = newId<'move'>()
  state.phase = 'held'
  state.token = fresh
  try {
    state.token = await state.db.write(async (sql) => {
      const [row] = await sql<{ value: string }>`select value from settings where name = ${MOVING}`
      if (row !== undefined && row.value === known) return row.value
      await putSetting(sql, MOVING, fresh)
      return fresh
    })
  } catch (error) {
    state.phase = 'open'
    throw error
  }
}

function rearm(state: State): void {
  clearTimeout(state.timer)
  state.timer = setTimeout(() => void release(state).catch(() => {}), state.leaseMs) // it tries again
  state.timer.unref()
}

/**
 * While an end is written down the lease does not run out, and nobody's word makes it run again: who is heard of then
 * is late. When that fails it runs anew: writes are never refused for ever.
 */
async function conclude(
  state: State,
  write: () => Promise<unknown>,
  after: { done: Phase; failed: Phase },
): Promise<void> {
  clearTimeout(state.timer)
  state.phase = 'ending'
  try {
    await write()
    state.phase = after.done
  } catch (error) {
    state.phase = after.failed
    rearm(state)
    throw error
  }
}

/** The row goes first: once somebody else has written it must not stand there. */
function release(state: State): Promise<void> {
  const write = () => state.db.write((sql) => sql`delete from settings where name in (${MOVING}, ${MOVED})`)
  return conclude(state, write, { done: 'open', failed: 'ending' })
}

interface Moved {
  to: string
  token: string
  /** Unix ms. */
  at: number
}

/** The move that the row `moved` tells of. */
export const tokenOf = (moved: string): string => (JSON.parse(moved) as Moved).token

async function mark(sql: Sql, moved: Moved): Promise<void> {
  await sql`delete from settings where name = ${MOVING}`
  await putSetting(sql, MOVED, JSON.stringify(moved))
}

const putSetting = (sql: Sql, name: string, value: string) => sql`
  insert into settings (name, value) values (${name}, ${value})
  on conflict (name) do update set value = excluded.value`

/** Whom a database was moved to; null for one that was not. */
export async function readMoved(db: Db): Promise<Moved | null> {
  if (!(await hasSettings(db))) return null
  const [row] = await db.read<{ value: string }>`select value from settings where name = ${MOVED}`
  return row === undefined ? null : (JSON.parse(row.value) as Moved)
}

/**
 * To be called before anything is written. Throws `CannotStart` (3) for a database that was moved; a move that was
 * cut short is over, for from here on somebody writes.
 */
export async function admitWrites(db: OpenDb): Promise<void> {
  if (!(await hasSettings(db))) return
  const moved = await readMoved(db)
  if (moved !== null) {
    throw new CannotStart(
      3,
      `This database was moved to ${moved.to} on ${new Date(moved.at).toISOString().slice(0, 10)}: what is written ` +
        'here would be lost. Set WARREN_DATABASE_URL and WARREN_SECRET_KEY, or take it back with "warren move --undo".',
    )
  }
  const [begun] = await db.read`select 1 from settings where name = ${MOVING}`
  if (begun !== undefined) await db.write((sql) => sql`delete from settings where name = ${MOVING}`)
}

async function hasSettings(db: Db): Promise<boolean> {
  if (db.dialect !== 'sqlite') return false
  const [table] = await db.read`select 1 from sqlite_schema where name = 'settings'`
  return table !== undefined
}
