import { connectForKeeping } from '../../platform/keeping/source.postgres.ts'
import { openPostgresTarget, type PostgresTarget, tokenIn } from '../../platform/keeping/target.postgres.ts'
import { EXIT, fail } from '../command.ts'

const SCHEMA = 'warren_moving'

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
