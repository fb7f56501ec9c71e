import type { Database, Statement } from 'bun:sqlite'
import type { Fragment, Value } from './db.ts'
import { codeOf } from './failure.ts'
import { flatten, holdsList, shapeOf, spell } from './tag.ts'

/** Every statement of one connection, prepared once and kept: the set is fixed by the source code. */
export interface Statements {
  all(strings: TemplateStringsArray, values: (Value | Fragment)[]): unknown[]
  close(): void
}

export function openStatements(connection: Database): Statements {
  // A template literal is one frozen object for the life of its call site: the cheapest key there is.
  const plain = new WeakMap<TemplateStringsArray, Statement>()
  const shaped = new WeakMap<TemplateStringsArray, Map<string, Statement>>()
  const open: Statement[] = []

  function prepare(strings: TemplateStringsArray, values: (Value | Fragment)[]): Statement {
    const statement = connection.prepare(spell(strings, values, () => '?'))
    open.push(statement)
    return statement
  }

  function findShaped(strings: TemplateStringsArray, values: (Value | Fragment)[]): Statement {
    const shapes = shaped.get(strings) ?? new Map<string, Statement>()
    shaped.set(strings, shapes)
    const shape = shapeOf(values)
    const statement = shapes.get(shape) ?? prepare(strings, values)
    shapes.set(shape, statement)
    return statement
  }

  return {
    all(strings, values) {
      if (holdsList(values)) return findShaped(strings, values).all(...flatten(values))

      let statement = plain.get(strings)
      if (statement === undefined) {
        statement = prepare(strings, values)
        plain.set(strings, statement)
      }
      return statement.all(...(values as Value[]))
    },
    close() {
      for (const statement of open) statement.finalize()
      open.length = 0
    },
  }
}

/** Nothing is wrong with the statement: the disk, the memory or another holder of the file said no. */
export function isOutage(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|NOMEM|READONLY|CANTOPEN|PROTOCOL|INTERRUPT)/.test(codeOf(error))
}
