import { Database } from 'bun:sqlite'
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import type { Log } from '../log.ts'
import type { DbMeter } from '../metrics/dbMeter.ts'
import type { OpenDb, Sql } from './db.ts'
import { CannotStart, codeOf, misuse, unavailable } from './failure.ts'
import type { TellLost } from './lost.ts'
import { openCheckpoints } from './sqlite.checkpoints.ts'
import { type Failpoint, openGroup } from './sqlite.group.ts'
import { isOutage, openStatements, type Statements } from './sqlite.statements.ts'
import { openViews } from './sqlite.views.ts'
import { list, NO_WORD, rows, spans } from './tag.ts'

export interface SqliteOptions {
  log?: Log
  failpoint?: Failpoint
  meter?: DbMeter | undefined
  tellLost?: TellLost | undefined
  /** Called once after a failed fsync; the default ends the process. */
  onFatal?: (error: unknown) => void
}

/** Opens (and creates) the file. Throws `CannotStart` when it would be less durable than promised (C1). */
export function openSqlite(path: string, options: SqliteOptions = {}): OpenDb {
  requireVersion()
  const writer = openConnection(path)
  const reader = openConnection(path)
  reader.run('pragma query_only = on')
  const viewer = openConnection(path)
  viewer.run('pragma query_only = on')

  const writes = openStatements(writer)
  const reads = openStatements(reader)
  const viewed = openStatements(viewer)
  const views = openViews(viewer, viewed, options.log)
  const checkpoints = openCheckpoints(path, writer, { log: options.log })
  const group = openGroup(writer, writes, {
    tellLost: options.tellLost,
    failpoint: options.failpoint,
    meter: options.meter,
    onFatal: options.onFatal ?? (() => process.exit(1)),
    onCommit: checkpoints.committed,
  })

  // Nobody waits for a read.
  const read = readSql(reads, options.meter)
  return {
    dialect: 'sqlite',
    trouble: null,
    read,
    ahead: read,
    view: views.view,
    write: group.write as OpenDb['write'],
    writeJointly: group.writeJointly as OpenDb['writeJointly'],
    exclusive: (work) =>
      group.writeScripts((sql) => work(sql, async (script) => void writer.run(script))) as ReturnType<
        typeof work
      >,
    snapshot: async (to) => takeSnapshot(path, to),
    async close() {
      await group.close()
      await checkpoints.close()
      views.close()
      viewed.close()
      reads.close()
      writes.close()
      viewer.close()
      reader.close()
      writer.close()
    },
  }
}

/** Reads answer at once, on a connection of their own that cannot write. */
function readSql(statements: Statements, meter?: DbMeter): Sql {
  const sql = (strings: TemplateStringsArray, ...values: Parameters<Statements['all']>[1]) => {
    const began = performance.now()
    try {
      const rows = statements.all(strings, values)
      meter?.read(began)
      return Promise.resolve(rows)
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

/** Complete and on disk under its name, or not there under it. Keeps the event loop: for the command line alone. */
function takeSnapshot(path: string, to: string): void {
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  const connection = new Database(path, { readonly: true })
  try {
    connection.run('vacuum into ?', [partial])
  } finally {
    connection.close()
  }
  const file = openSync(partial, 'r+')
  fchmodSync(file, 0o600)
  fsyncSync(file)
  closeSync(file)
  renameSync(partial, to)
}

function openConnection(path: string): Database {
  const connection = openFile(path)
  connection.run('pragma busy_timeout = 2000')
  connection.run('pragma journal_mode = wal')
  connection.run('pragma synchronous = full')
  connection.run('pragma foreign_keys = on')
  // 8 MB each at most; pages of the log are read through the kernel's cache.
  connection.run('pragma cache_size = -8000')
  connection.run('pragma temp_store = memory')
  requireDurable(connection)
  return connection
}

function openFile(path: string): Database {
  try {
    return new Database(path, { create: true, strict: true })
  } catch (error) {
    throw new CannotStart(4, `${path} cannot be opened (${codeOf(error)}). Is its folder there and writable?`)
  }
}

/** Before 3.51.3 a reset of the log could corrupt the file. */
function requireVersion(): void {
  const memory = new Database(':memory:')
  const { version } = memory.query('select sqlite_version() as version').get() as { version: string }
  memory.close()
  if (Bun.semver.order(version, '3.51.3') < 0) {
    throw new CannotStart(4, `SQLite ${version} can corrupt its log. Run Warren with SQLite 3.51.3 or newer.`)
  }
}

function requireDurable(connection: Database): void {
  const { journal_mode } = connection.query('pragma journal_mode').get() as { journal_mode: string }
  const { synchronous } = connection.query('pragma synchronous').get() as { synchronous: number }
  if (journal_mode === 'wal' && synchronous >= 2) return
  throw new CannotStart(
    3,
    `The database would forget acknowledged messages (journal_mode=${journal_mode}, synchronous=${synchronous}). ` +
      'Put the data folder on a local disk that supports WAL.',
  )
}
