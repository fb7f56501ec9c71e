import type { Database } from 'bun:sqlite'
import type { Log } from '../log.ts'
import type { Sql } from './db.ts'
import { misuse, unavailable } from './failure.ts'
import { isOutage, type Statements } from './sqlite.statements.ts'
import { list, NO_WORD, rows, spans } from './tag.ts'

export interface Views {
  view<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  close(): void
}

/** Views in a row hold the event loop about this long; then everything else has its turn. */
const ROW_MS = 2

const STALE = 'a view awaited something other than its own sql, and was ended'

/**
 * One read transaction at a time, on a connection of its own: what others read meanwhile is never as old as a view.
 * It lasts as long as microtasks do, for every statement answers at once.
 */
export function openViews(connection: Database, statements: Statements, log?: Log): Views {
  const begin = connection.prepare('begin')
  const commit = connection.prepare('commit')
  const rollback = connection.prepare('rollback')
  let last = Promise.resolve()
  let turnedAt = 0

  /** Whoever reads much reads in several views: acks and frames of others go out between them (C11). */
  function pass(next: () => void): void {
    if (performance.now() - turnedAt < ROW_MS) return next()
    setImmediate(() => {
      turnedAt = performance.now()
      next()
    })
  }

  /** Never throws: what was read is good whatever becomes of its transaction, and the next view is waiting. */
  function leave(): void {
    for (const statement of [commit, rollback]) {
      try {
        if (connection.inTransaction) statement.run()
      } catch (error) {
        log?.error({ err: error }, 'database: a view could not be ended')
      }
    }
  }

  async function run<T>(work: (sql: Sql) => Promise<T>, ended: () => void): Promise<T> {
    let isOpen = true
    const end = () => {
      if (!isOpen) return
      isOpen = false
      clearImmediate(watch)
      leave()
      ended()
    }
    const watch = setImmediate(end)
    try {
      begin.run()
      return await work(readSql(statements, () => isOpen))
    } finally {
      end()
    }
  }

  return {
    view(work) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const mine = last.then(() => run(work, () => pass(resolve)))
      last = promise
      return mine
    },
    close() {
      begin.finalize()
      commit.finalize()
      rollback.finalize()
    },
  }
}

function readSql(statements: Statements, isOpen: () => boolean): Sql {
  const sql = (strings: TemplateStringsArray, ...values: Parameters<Statements['all']>[1]) => {
    if (!isOpen()) return Promise.reject(misuse(STALE))
    try {
      return Promise.resolve(statements.all(strings, values))
    } catch (error) {
      return Promise.reject(isOutage(error) ? unavailable() : error)
    }
  }
  sql.list = list
  sql.rows = rows
  sql.spans = spans
  sql.skipLocked = NO_WORD
  sql.lock = () => Promise.reject(misuse('a lock outside of a write'))
  sql.hold = sql.lock
  return sql as Sql
}
