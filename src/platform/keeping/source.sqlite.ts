import { Database } from 'bun:sqlite'
import type { Value } from '../db/db.ts'
import { CannotStart, codeOf } from '../db/failure.ts'
import type { Row, Source } from './source.ts'

const AT_ONCE = 1000

/**
 * A connection of its own that holds one read transaction: in WAL mode neither waits for the other, also between
 * processes. The log grows as long as it is open. Throws `CannotStart` when the file cannot be read.
 */
export function openSqliteSource(path: string): Source {
  const connection = open(path)
  connection.run('pragma query_only = on')
  connection.run('pragma busy_timeout = 5000')
  connection.run('begin')
  // The moment is that of the first read.
  connection.query('select count(*) from sqlite_schema').get()

  return {
    dialect: 'sqlite',
    async *rows(text, values = []) {
      const statement = connection.prepare(text)
      try {
        yield* inBatches(statement.iterate(...(values as Value[])) as Iterable<object>)
      } finally {
        statement.finalize()
      }
    },
    async close() {
      connection.run('rollback')
      connection.close()
    },
  }
}

function open(path: string): Database {
  try {
    return new Database(path, { readwrite: true, create: false })
  } catch (error) {
    throw new CannotStart(4, `${path} cannot be opened (${codeOf(error)}). Is it there and readable?`)
  }
}

function* inBatches(rows: Iterable<object>): Iterable<Row[]> {
  let batch: Row[] = []
  for (const row of rows) {
    batch.push(Object.values(row) as Row)
    if (batch.length < AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
