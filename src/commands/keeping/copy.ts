import { openSqliteSource } from '../../platform/keeping/source.sqlite.ts'
import { type Source, selectFrom } from '../../platform/keeping/source.ts'
import { type Table, tablesOf } from '../../platform/keeping/tables.ts'
import type { PostgresTarget } from '../../platform/keeping/target.postgres.ts'
import { contentsOfAll, differences } from '../../platform/keeping/target.ts'
import { EXIT, fail } from '../command.ts'
import type { Moving } from './destination.ts'
import type { Holder } from './holder.ts'

/** How often the node is told that somebody still copies; it waits for `LEASE_MS`. */
const KEEP_MS = 5_000

/** Copies and compares while nobody writes. Answers how many rows were copied this time. */
export async function copyAll(moving: Moving, target: PostgresTarget, holder: Holder): Promise<number> {
  const tables = tablesOf(moving.version)
  const source = openSqliteSource(moving.path)
  const trouble: { error?: unknown } = {}
  const during = () => {
    if ('error' in trouble) throw trouble.error
  }
  const keeping = setInterval(() => {
    holder.keep().catch((error: unknown) => {
      trouble.error = error
    })
  }, KEEP_MS)
  try {
    const count = await copyTables(source, target, { tables, during })
    const wrong = await compareSides(source, target, tables)
    during()
    if (wrong.length > 0) fail(EXIT.failed, `the copy is not the same: ${wrong.join('; ')}.`)
    return count
  } finally {
    clearInterval(keeping)
    await source.close()
  }
}

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
async function compareSides(
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
