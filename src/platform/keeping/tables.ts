import { Database } from 'bun:sqlite'
import { listMigrations } from '../db/migrate.ts'

/** A table as a schema makes it, the same on both engines. */
export interface Table {
  name: string
  columns: readonly Column[]
}

export interface Column {
  name: string
  type: 'text' | 'bigint'
}

/**
 * The tables of a schema, those that others refer to first: in this order their rows can be stored. Read from an empty
 * database that our own migrations made, so no engine's catalogue is asked what belongs to us.
 */
export function tablesOf(version: number): Table[] {
  const memory = new Database(':memory:')
  try {
    for (const { script } of listMigrations('sqlite').slice(0, version)) memory.run(script)
    return inOrder(namesIn(memory), (name) => parentsOf(memory, name)).map((name) => ({
      name,
      columns: columnsOf(memory, name),
    }))
  } finally {
    memory.close()
  }
}

const namesIn = (memory: Database): string[] =>
  memory
    .query<{ name: string }, []>(
      "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%' order by name",
    )
    .all()
    .map(({ name }) => name)

const parentsOf = (memory: Database, name: string): string[] =>
  memory
    .query<{ parent: string }, [string]>('select "table" as parent from pragma_foreign_key_list(?)')
    .all(name)
    .map(({ parent }) => parent)

function columnsOf(memory: Database, table: string): Column[] {
  const columns = memory
    .query<{ name: string; type: string }, [string]>(
      'select name, type from pragma_table_info(?) order by cid',
    )
    .all(table)
  return columns.map(({ name, type: declared }) => {
    const type = declared.toLowerCase()
    if (type !== 'text' && type !== 'bigint') throw new Error(`${table}.${name} is of type ${declared}`)
    return { name, type }
  })
}

/** A table after all that it refers to. */
function inOrder(names: readonly string[], parentsOf: (name: string) => readonly string[]): string[] {
  const placed: string[] = []
  while (placed.length < names.length) {
    const next = names.find(
      (name) =>
        !placed.includes(name) &&
        parentsOf(name).every((parent) => parent === name || placed.includes(parent)),
    )
    if (next === undefined) throw new Error('tables refer to each other in a circle')
    placed.push(next)
  }
  return placed
}
