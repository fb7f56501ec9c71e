import { Database } from 'bun:sqlite'
import type { Value } from '../db/db.ts'
import { CannotStart, codeOf } from '../db/failure.ts'
import type { Row, Source } from './source.ts'

const AT_ONCE = 1000
/** Characters. */
const LONG = 2_000_000

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
        for (const batch of inBatches(statement.iterate(...(values as Value[])) as Iterable<object>)) {
          yield batch
          await new Promise(setImmediate) // the engine answers at once: without this no timer comes until the last row
        }
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

/** A thousand rows, or fewer that are long: memory holds no more than a few megabytes of them. */
function* inBatches(rows: Iterable<object>): Iterable<Row[]> {
  let batch: Row[] = []
  let length = 0
  for (const each of rows) {
    const row = Object.values(each) as Row
    batch.push(row)
    for (const value of row) if (typeof value === 'string') length += value.length
    if (batch.length < AT_ONCE && length < LONG) continue
    yield batch
    batch = []
    length = 0
  }
  if (batch.length > 0) yield batch
}
