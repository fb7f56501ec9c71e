import { BadArchive, type Part, readArchive } from '../../platform/keeping/archive.ts'
import { compareStored, type Loaded, load } from '../../platform/keeping/load.ts'
import { type Manifest, readManifest } from '../../platform/keeping/manifest.ts'
import { tablesOf } from '../../platform/keeping/tables.ts'
import { openSqliteTarget } from '../../platform/keeping/target.sqlite.ts'
import type { Target } from '../../platform/keeping/target.ts'
import { requireKnown } from './installation.ts'

/** A backup of which the manifest has been read. */
export interface Opened {
  manifest: Manifest
  rest: AsyncIterable<Part>
}

/** Throws `BadArchive` for what is none, `CannotStart` (5) for one of a newer Warren. */
export async function openBackup(file: string): Promise<Opened> {
  const parts = readArchive(file)
  const first = await parts.next()
  if (first.done === true) throw new BadArchive(`${file} is empty.`)
  const manifest = readManifest(first.value)
  requireKnown(manifest.schema)
  const ours = tablesOf(manifest.schema).map(({ name, columns }) => ({ name, columns }))
  const theirs = manifest.tables.map(({ name, columns }) => ({ name, columns }))
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
    throw new BadArchive(`${file} has other tables than schema ${manifest.schema} has.`)
  }
  return { manifest, rest: parts }
}

/** Reads a backup to its end and stores nothing: its hashes and counts are right, or it throws `BadArchive`. */
export const readThrough = ({ manifest, rest }: Opened): Promise<Loaded> =>
  load(manifest, rest, async () => {})

/** Fills the target and reads it back. Throws `BadArchive` unless it holds exactly what was kept. */
export async function fill({ manifest, rest }: Opened, target: Target): Promise<Loaded> {
  const loaded = await load(manifest, rest, target.store)
  refuseDifferent(await compareStored(manifest, loaded, target))
  return loaded
}

/** A SQLite file out of a backup, looked through by its engine, of the schema that the backup has. */
export async function rebuildSqlite(opened: Opened, path: string): Promise<Loaded> {
  const target = await openSqliteTarget(path, opened.manifest.schema)
  try {
    const loaded = await fill(opened, target)
    refuseDifferent(target.check())
    return loaded
  } finally {
    target.close()
  }
}

function refuseDifferent(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new BadArchive(`What was restored is not what was kept: ${problems.join('; ')}.`)
}
