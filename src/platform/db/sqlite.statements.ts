import type { Database, Statement } from 'bun:sqlite'
import type { Fragment, Value } from './db.ts'
import { codeOf, misuse } from './failure.ts'
import { flatten, holdsList, shapeOf, spell } from './tag.ts'

export interface Prepared {
  readonly statement: Statement
  /** Certainly changes nothing. */
  readonly isRead: boolean
}

/** A statement and what stands in it, lists taken apart. */
export interface Bound {
  readonly prepared: Prepared
  readonly values: readonly Value[]
}

/** Every statement of one connection, prepared once and kept: the set is fixed by the source code. */
export interface Statements {
  find(strings: TemplateStringsArray, values: (Value | Fragment)[]): Bound
  all(strings: TemplateStringsArray, values: (Value | Fragment)[]): unknown[]
  close(): void
}

export function openStatements(connection: Database): Statements {
  // A template literal is one frozen object for the life of its call site: the cheapest key there is.
  const plain = new WeakMap<TemplateStringsArray, Prepared>()
  const shaped = new WeakMap<TemplateStringsArray, Map<string, Prepared>>()
  const open: Statement[] = []

  function prepare(strings: TemplateStringsArray, values: (Value | Fragment)[]): Prepared {
    const text = spell(strings, values, () => '?')
    const isRead = READ.test(text)
    if (!isRead && FICKLE.test(text)) throw misuse('a change may ask for neither time nor chance')
    const statement = connection.prepare(text)
    open.push(statement)
    return { statement, isRead }
  }

  function findPlain(strings: TemplateStringsArray, values: (Value | Fragment)[]): Prepared {
    const known = plain.get(strings)
    if (known !== undefined) return known
    const prepared = prepare(strings, values)
    plain.set(strings, prepared)
    return prepared
  }

  function findShaped(strings: TemplateStringsArray, values: (Value | Fragment)[]): Prepared {
    const shapes = shaped.get(strings) ?? new Map<string, Prepared>()
    shaped.set(strings, shapes)
    const shape = shapeOf(values)
    const prepared = shapes.get(shape) ?? prepare(strings, values)
    shapes.set(shape, prepared)
    return prepared
  }

  const find: Statements['find'] = (strings, values) =>
    holdsList(values)
      ? { prepared: findShaped(strings, values), values: flatten(values) }
      : { prepared: findPlain(strings, values), values: values as Value[] }

  return {
    find,
    all: (strings, values) => run(find(strings, values)),
    close() {
      for (const statement of open) statement.finalize()
      open.length = 0
    },
  }
}

export const run = ({ prepared, values }: Bound): unknown[] => prepared.statement.all(...(values as Value[]))

const READ = /^\s*select\b/i
/** A change may be repeated (`sqlite.undo.ts`), and has to do again what it did. */
const FICKLE =
  /\b(?:random|randomblob|date|time|datetime|julianday|unixepoch|strftime|changes|total_changes|last_insert_rowid)\s*\(|\bcurrent_(?:time|date)/i

/** Nothing is wrong with the statement: the disk, the memory or another holder of the file said no. */
export function isOutage(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|NOMEM|READONLY|CANTOPEN|PROTOCOL|INTERRUPT)/.test(codeOf(error))
}
