import { connectForKeeping } from '../../platform/keeping/source.postgres.ts'
import { openSqliteSource } from '../../platform/keeping/source.sqlite.ts'
import { tablesOf } from '../../platform/keeping/tables.ts'
import { openPostgresTarget, type PostgresTarget, tokenIn } from '../../platform/keeping/target.postgres.ts'
import { EXIT, fail } from '../command.ts'
import { compareSides, copyTables } from './copy.ts'
import type { Holder } from './holder.ts'

export const SCHEMA = 'warren_moving'

/** How often the node is told that somebody still copies; it waits for `LEASE_MS`. */
const KEEP_MS = 5_000

export interface Moving {
  /** The SQLite file. */
  path: string
  url: string
  version: number
}

/** Whose copy stands half made at the address; null when there is none. */
export async function begunAt(url: string): Promise<string | null> {
  const client = await connectForKeeping(url)
  try {
    return await tokenIn(client, SCHEMA)
  } finally {
    await client.end({ timeout: 2 })
  }
}

export const openTarget = ({ url, version }: Moving, token: string): Promise<PostgresTarget> =>
  openPostgresTarget(url, { schema: SCHEMA, version, token })

/** Fails with words when the database is somebody's already. */
export async function requireEmpty(target: PostgresTarget): Promise<void> {
  await target.refuseNodes()
  if ((await target.present()).length === 0) return
  fail(EXIT.failed, 'there is a Warren in that database already. Name an empty one.')
}

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
