import type { App } from '../platform/context.ts'
import type { Fragment, Sql, Value } from '../platform/db/db.ts'

export interface Counted {
  /** The same app, whose questions are counted. */
  app: App
  /** How many statements the work asked, and in how many views. */
  count(work: () => Promise<unknown>): Promise<{ statements: number; views: number }>
}

/** What is asked once for each chat is seen by counting: on a fast machine it costs a test nothing. */
export function countQueries(app: App): Counted {
  let statements = 0
  let views = 0
  const counted = (sql: Sql): Sql => {
    const tag = <Row>(strings: TemplateStringsArray, ...values: (Value | Fragment)[]) => {
      statements++
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
  const { db } = app
  return {
    app: {
      ...app,
      db: {
        ...db,
        read: counted(db.read),
        view: (work) => {
          views++
          return db.view((sql) => work(counted(sql)))
        },
        write: (work, options) => db.write((sql) => work(counted(sql)), options),
        writeJointly: (joint, input, turn) =>
          db.writeJointly(
            (sql, inputs: readonly (typeof input)[]) => joint(counted(sql), inputs),
            input,
            turn,
          ),
      },
    },
    count: async (work) => {
      statements = 0
      views = 0
      await work()
      return { statements, views }
    },
  }
}
