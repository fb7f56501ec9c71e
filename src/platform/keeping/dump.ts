import type { Part } from './archive.ts'
import { MANIFEST, type Manifest, partName, SECRETS } from './manifest.ts'
import { type Source, selectAll } from './source.ts'
import type { Table } from './tables.ts'

/** About so much text is one part: little enough for memory, enough to compress well. */
const PART = 2 * 1024 * 1024

/** A source as the parts of a backup, the manifest first. */
export async function* dump(
  source: Source,
  manifest: Manifest,
  secrets: Uint8Array | null,
): AsyncGenerator<Part> {
  yield { name: MANIFEST, bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) }
  if (secrets !== null) yield { name: SECRETS, bytes: secrets }
  for (const table of manifest.tables) yield* dumpTable(source, table)
}

async function* dumpTable(source: Source, table: Table): AsyncGenerator<Part> {
  let lines: string[] = []
  let length = 0
  let number = 0
  const part = (): Part => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    lines = []
    length = 0
    return { name: partName(table, ++number), bytes }
  }
  for await (const rows of source.rows(selectAll(table))) {
    for (const row of rows) {
      const line = JSON.stringify(row)
      lines.push(line)
      length += line.length
      if (length >= PART) yield part()
    }
  }
  if (lines.length > 0) yield part()
}
