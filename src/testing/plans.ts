import { Database } from 'bun:sqlite'
import type { Fragment, OpenDb, Sql, Value } from '../platform/db/db.ts'
import { flatten, spell } from '../platform/db/tag.ts'
import { type FreshDatabase, freshSqlite } from './databases.ts'

/** How SQLite goes about one statement: a line for each table, outermost first. */
export interface Plan {
  statement: string
  steps: string[]
}

export interface Explained extends FreshDatabase {
  /** Of every statement asked so far, in order. */
  plans: Plan[]
}

/** A database that notes how each statement is carried out: what is quick on ten rows may walk through a million. */
export async function explainedSqlite(): Promise<Explained> {
  const fresh = await freshSqlite()
  const plans: Plan[] = []
  const explained = (sql: Sql): Sql => {
    const tag = <Row>(strings: TemplateStringsArray, ...values: (Value | Fragment)[]) => {
      const statement = spell(strings, values, () => '?')
      plans.push({ statement, steps: explain(fresh.path, statement, flatten(values)) })
      return sql<Row>(strings, ...values)
    }
    return Object.assign(tag, {
      lock: sql.lock,
      hold: sql.hold,
      skipLocked: sql.skipLocked,
      list: sql.list,
      rows: sql.rows,
      spans: sql.spans,
    })
  }
  const { db } = fresh
  const noting: OpenDb = {
    ...db,
    read: explained(db.read),
    view: (work) => db.view((sql) => work(explained(sql))),
    write: (work, options) => db.write((sql) => work(explained(sql)), options),
    writeJointly: (joint, input, turn) =>
      db.writeJointly((sql, inputs: readonly (typeof input)[]) => joint(explained(sql), inputs), input, turn),
  }
  return { ...fresh, db: noting, plans }
}

/** On a connection of its own: a plan that was asked for stays open, and would keep its transaction from ending. */
function explain(path: string, statement: string, values: Value[]): string[] {
  const connection = new Database(path, { readonly: true })
  try {
    const steps = connection.query(`explain query plan ${statement}`).all(...values) as { detail: string }[]
    return steps.map(({ detail }) => detail)
  } finally {
    connection.close()
  }
}
