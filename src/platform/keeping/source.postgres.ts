import type { Value } from '../db/db.ts'
import { CannotStart, codeOf } from '../db/failure.ts'
import type { Row, Source } from './source.ts'

/** Of the longest messages that is some forty megabytes. */
const AT_ONCE = 250

/** How our own connections are told from those of nodes. */
export const KEEPING = 'warren-keeping'

/** The same address for connections of ours, looking into `schema` when it is given: a migration may take its time. */
export function addressFor(url: string, schema?: string): string {
  const search = schema === undefined ? '' : `&search_path=${schema}`
  return `${url}${url.includes('?') ? '&' : '?'}application_name=${KEEPING}&statement_timeout=0${search}`
}

/** One connection that never runs out of time: copying a table takes as long as it takes. */
export async function connectForKeeping(url: string, schema?: string) {
  const { default: connect } = await import('postgres')
  const client = connect(addressFor(url, schema), {
    max: 1,
    types: {
      integer: { to: 20, from: [20, 1700], parse: Number, serialize: String },
    },
    fetch_types: false,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { statement_timeout: 0, lock_timeout: 10_000, idle_in_transaction_session_timeout: 0 },
  })
  try {
    await client.unsafe('select 1')
  } catch (error) {
    await client.end({ timeout: 1 })
    throw new CannotStart(
      4,
      `The database cannot be reached (${codeOf(error) || 'no answer'}). Start PostgreSQL, or correct its address.`,
    )
  }
  return client
}

/** One repeatable read transaction, read by cursors: memory holds a few hundred rows, and nobody waits for it. */
export async function openPostgresSource(url: string, schema?: string): Promise<Source> {
  const client = await connectForKeeping(url, schema)
  await client.unsafe('begin isolation level repeatable read read only')

  return {
    dialect: 'postgres',
    async *rows(text, values = []) {
      for await (const rows of client.unsafe(numbered(text), values as Value[] as never[]).cursor(AT_ONCE)) {
        yield rows.map((row) => Object.values(row) as Row)
      }
    },
    async close() {
      await client.end({ timeout: 2 })
    },
  }
}

function numbered(text: string): string {
  let n = 0
  return text.replace(/\?/g, () => `$${++n}`)
}
