import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '../../platform/db/failure.ts'
import { listMigrations } from '../../platform/db/migrate.ts'
import type { Manifest } from '../../platform/keeping/manifest.ts'
import { countRows, readSetting, readVersion, type Source } from '../../platform/keeping/source.ts'
import { tablesOf } from '../../platform/keeping/tables.ts'
import { VERSION } from '../../platform/version.ts'
import type { Config } from '../../config.ts'
import { sqlitePath } from '../database.ts'

/** This installation's database beside a node that may run. Throws `CannotStart` when there is none to read. */
export async function openSource(config: Config): Promise<Source> {
  const source = await connect(config)
  try {
    const version = await readVersion(source)
    if (version === 0) throw new CannotStart(4, 'The database is empty: there is nothing to keep yet.')
    requireKnown(version)
    return source
  } catch (error) {
    await source.close()
    throw error
  }
}

async function connect(config: Config): Promise<Source> {
  const path = sqlitePath(config)
  if (path === null) {
    const { openPostgresSource } = await import('../../platform/keeping/source.postgres.ts')
    return openPostgresSource(config.databaseUrl)
  }
  if (!existsSync(path)) throw new CannotStart(4, `There is no database at ${path}. Is this the data folder?`)
  const { openSqliteSource } = await import('../../platform/keeping/source.sqlite.ts')
  return openSqliteSource(path)
}

/** Throws `CannotStart` (5) for a schema of a newer Warren. */
export function requireKnown(version: number): void {
  const known = listMigrations('sqlite').length
  if (version <= known) return
  throw new CannotStart(
    5,
    `This was written by a newer Warren (schema ${version}, this one knows ${known}). Use that version.`,
  )
}

/** What a backup of it says of itself. */
export async function describe(source: Source): Promise<Manifest> {
  const schema = await readVersion(source)
  const tables: Manifest['tables'] = []
  for (const { name, columns } of tablesOf(schema)) {
    tables.push({ name, columns: [...columns], rows: await countRows(source, { name, columns }) })
  }
  return {
    format: 1,
    app_version: VERSION,
    schema,
    dialect: source.dialect,
    epoch: await readSetting(source, 'epoch'),
    key: await readSetting(source, 'secret_fingerprint'),
    key_next: await readSetting(source, 'secret_fingerprint_next'),
    created_at: new Date().toISOString(),
    tables,
  }
}

/** `secrets.toml`, when it is what this installation uses. */
export function readSecretsFile({ secretKey, dataDir }: Config): Uint8Array | null {
  const path = join(dataDir, 'secrets.toml')
  return secretKey === null && existsSync(path) ? readFileSync(path) : null
}

export const rowsOf = ({ tables }: Manifest, name: string): number =>
  tables.find((table) => table.name === name)?.rows ?? 0
