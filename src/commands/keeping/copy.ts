import { type Source, selectFrom } from '../../platform/keeping/source.ts'
import type { Table } from '../../platform/keeping/tables.ts'
import type { PostgresTarget } from '../../platform/keeping/target.postgres.ts'
import { contentsOfAll, differences } from '../../platform/keeping/target.ts'

/**
 * Copies what is not there yet, table by table in the order of their places in the file. While the engine stores one
 * batch the next is read. `during` is called between batches; what it throws ends the copy. Answers how many rows.
 */
export async function copyTables(
  source: Source,
  target: PostgresTarget,
  { tables, during }: { tables: readonly Table[]; during(): void },
): Promise<number> {
  let count = 0
  for (const table of tables) {
    let storing = Promise.resolve()
    for await (const rows of source.rows(selectFrom(table), [await target.reached(table)])) {
      during()
      const lines = rows.map((row) => JSON.stringify(row.slice(1)))
      const upTo = Number(rows.at(-1)?.[0])
      await storing
      storing = target.store(table, lines, upTo)
      storing.catch(() => {}) // thrown where it is awaited
      count += rows.length
    }
    await storing
  }
  return count
}

/** Both sides read to their end, one after the other. Empty when they hold the same. */
export async function compareSides(
  source: Source,
  target: PostgresTarget,
  tables: readonly Table[],
): Promise<string[]> {
  const wanted = await contentsOfAll(source, tables)
  const stored = await target.look()
  try {
    return differences(wanted, await contentsOfAll(stored, tables))
  } finally {
    await stored.close()
  }
}
