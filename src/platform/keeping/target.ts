import { readContents, type Source } from './source.ts'
import type { Contents } from './sum.ts'
import type { Table } from './tables.ts'

/** A database that is being filled and that nobody uses yet. */
export interface Target {
  /** Rows as lines of JSON: arrays in the order of the table's columns. */
  store(table: Table, lines: readonly string[]): Promise<void>
  /** What has been stored, to be read again. */
  look(): Promise<Source>
}

/** What the tables hold, by name. */
export async function contentsOfAll(
  source: Source,
  tables: readonly Table[],
): Promise<Map<string, Contents>> {
  const contents = new Map<string, Contents>()
  for (const table of tables) contents.set(table.name, await readContents(source, table))
  return contents
}

/** The tables that are not the same on both sides, in words; empty when all are. */
export function differences(
  wanted: ReadonlyMap<string, Contents>,
  found: ReadonlyMap<string, Contents>,
): string[] {
  return [...wanted].flatMap(([name, { rows, sum }]) => {
    const other = found.get(name)
    if (other?.rows === rows && other.sum === sum) return []
    return [
      `${name} has ${rows} rows (${sum.slice(0, 12)}), and ${other?.rows ?? 0} (${other?.sum.slice(0, 12) ?? '-'}) were stored`,
    ]
  })
}
