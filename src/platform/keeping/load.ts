import { BadArchive, type Part } from './archive.ts'
import { MANIFEST, type Manifest, SECRETS, tableOf } from './manifest.ts'
import { type Contents, contentsOf, newSum, type Sum } from './sum.ts'
import type { Table } from './tables.ts'
import { contentsOfAll, differences, type Target } from './target.ts'

/** What a backup held, once its last part was read. */
export interface Loaded {
  contents: Map<string, Contents>
  secrets: Uint8Array | null
}

/**
 * Reads the rest of a backup, whose manifest has been read, and hands its rows to `store`. Throws `BadArchive` when
 * rows are there that the manifest does not name, or fewer than it says.
 */
export async function load(
  { tables }: Manifest,
  parts: AsyncIterable<Part>,
  store: Target['store'],
): Promise<Loaded> {
  const sums = new Map<string, Sum>(tables.map(({ name }) => [name, newSum()]))
  const byName = new Map<string, Table>(tables.map((table) => [table.name, table]))
  let secrets: Uint8Array | null = null
  for await (const { name, bytes } of parts) {
    if (name === SECRETS) secrets = bytes
    if (name === SECRETS || name === MANIFEST) continue
    const table = byName.get(tableOf(name) ?? '')
    if (table === undefined) throw new BadArchive(`It holds ${name}, which its manifest does not name.`)
    const lines = new TextDecoder().decode(bytes).trimEnd().split('\n')
    for (const line of lines) sums.get(table.name)?.add(line)
    await store(table, lines)
  }
  for (const { name, rows } of tables) {
    const found = sums.get(name)?.rows
    if (found !== rows) throw new BadArchive(`It holds ${found} rows of ${name}, and ${rows} were kept.`)
  }
  return { contents: new Map([...sums].map(([name, sum]) => [name, contentsOf(sum)])), secrets }
}

/** Reads back what was stored. Empty when it is what was kept, else what differs. */
export async function compareStored(
  { tables }: Manifest,
  { contents }: Loaded,
  target: Target,
): Promise<string[]> {
  const stored = await target.look()
  try {
    return differences(contents, await contentsOfAll(stored, tables))
  } finally {
    await stored.close()
  }
}
