import type { Fragment, Lockable, Sql, Value } from './db.ts'
import { flatten, holdsList, list, rows, shapeOf, spans, spell, word } from './tag.ts'

/** One statement on some connection of the `postgres` library. */
export type Run = (text: string, values: Value[]) => Promise<unknown[]>

const texts = new WeakMap<TemplateStringsArray, Map<string, string>>()

const SKIP_LOCKED = word('for no key update skip locked')

/**
 * The tag over `run`. The library prepares each text once per connection; the set of texts is fixed by the source.
 * Where turns share a transaction nobody waits for a row.
 */
export function sqlOver(run: Run, isShared = false): Sql {
  const sql = (strings: TemplateStringsArray, ...values: (Value | Fragment)[]) => {
    try {
      const lists = holdsList(values)
      return run(textOf(strings, values), lists ? flatten(values) : (values as Value[]))
    } catch (error) {
      return Promise.reject(error)
    }
  }
  sql.list = list
  sql.rows = rows
  sql.spans = spans
  sql.skipLocked = SKIP_LOCKED
  sql.lock = async (table: Lockable, id: string) => void (await run(LOCKS[table], [id]))
  sql.hold = async (_: 'chats', ids: readonly string[]) => {
    if (isShared) return new Set((await holdFree(sql as Sql, ids)).map(({ id }) => id))
    await Promise.all(ids.toSorted().map((id) => run(LOCKS.chats, [id])))
    return new Set(ids)
  }
  return sql as Sql
}

const holdFree = (sql: Sql, ids: readonly string[]) =>
  sql<{ id: string }>`select id from chats where id in ${sql.list(ids)} ${sql.skipLocked}`

/** A row that others may refer to (`for key share`) while it is held, so that members can be added meanwhile. */
const LOCKS: Record<Lockable, string> = {
  invites: 'select 1 from invites where code = $1 for no key update',
  users: 'select 1 from users where id = $1 for no key update',
  chats: 'select 1 from chats where id = $1 for no key update',
  jobs: 'select 1 from jobs where id = $1 for no key update',
}

function textOf(strings: TemplateStringsArray, values: (Value | Fragment)[]): string {
  let shapes = texts.get(strings)
  if (shapes === undefined) {
    shapes = new Map()
    texts.set(strings, shapes)
  }
  const shape = shapeOf(values)
  let text = shapes.get(shape)
  if (text === undefined) {
    text = spell(strings, values, (n) => `$${n}`)
    shapes.set(shape, text)
  }
  return text
}
