import { z } from 'zod'
import { BadArchive, type Part } from './archive.ts'
import type { Table } from './tables.ts'

export const MANIFEST = 'manifest.json'
export const SECRETS = 'secrets.toml'

const table = z.object({
  name: z.string().regex(/^[a-z_]+$/),
  columns: z.array(z.object({ name: z.string().regex(/^[a-z_]+$/), type: z.enum(['text', 'bigint']) })),
  rows: z.int().min(0),
})

const manifest = z.object({
  format: z.literal(1),
  app_version: z.string(),
  schema: z.int().min(1),
  dialect: z.enum(['sqlite', 'postgres']),
  /** Names the history that was kept. */
  epoch: z.string().nullable(),
  /** The fingerprint of the secret key that the database was used with. */
  key: z.string().nullable(),
  /** That of the key which was taking its place; those of older versions do not say it. */
  key_next: z.string().nullable().default(null),
  created_at: z.string(),
  tables: z.array(table),
})

/** What a backup says of itself, before anything else. */
export type Manifest = z.output<typeof manifest>

/** Throws `BadArchive` for what no Warren wrote. */
export function readManifest({ name, bytes }: Part): Manifest {
  if (name !== MANIFEST) throw new BadArchive('This is not a backup: it does not begin with its manifest.')
  const parsed = manifest.safeParse(parse(bytes))
  if (parsed.success) return parsed.data
  throw new BadArchive('This is not a backup that this Warren can read: its manifest has another form.')
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

export const partName = ({ name }: Table, number: number): string =>
  `rows/${name}/${String(number).padStart(6, '0')}.jsonl`

/** Null for a part that holds no rows. */
export const tableOf = (part: string): string | null =>
  /^rows\/([a-z_]+)\/\d{6}\.jsonl$/.exec(part)?.[1] ?? null
