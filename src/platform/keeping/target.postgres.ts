import { openPostgres } from '../db/db.postgres.ts'
import { CannotStart } from '../db/failure.ts'
import { migrate } from '../db/migrate.ts'
import { addressFor, connectForKeeping, KEEPING, openPostgresSource } from './source.postgres.ts'
import { namesOf } from './source.ts'
import { type Table, tablesOf } from './tables.ts'
import type { Target } from './target.ts'

export interface PostgresTarget extends Target {
  /** The address of the schema that is being filled. */
  readonly address: string
  /** The tables of Warren that nodes see there now. */
  present(): Promise<string[]>
  /** Throws `CannotStart` (4) while nodes are connected. */
  refuseNodes(): Promise<void>
  /** How far a table has been copied: what `store` was told last, 0 at the start. */
  reached(table: Table): Promise<number>
  /** `upTo` is kept in the same transaction as the rows. */
  store(table: Table, lines: readonly string[], upTo?: number): Promise<void>
  /**
   * Puts the tables where nodes look for them, in one transaction. Those that are there go into the schema `aside`.
   * Throws `CannotStart` (4) while nodes are connected.
   */
  publish(aside: string): Promise<void>
  close(): Promise<void>
}

export interface Filling {
  /** The schema in which the tables wait until they are whole. */
  schema: string
  version: number
  /** Names one copy: tables of another one are dropped, those of this one are filled up. */
  token: string
}

type Client = Awaited<ReturnType<typeof connectForKeeping>>

/** Any number will do, as long as every Warren takes the same. */
const ONE_AT_A_TIME = 7_318_350

/**
 * Tables in a schema of their own, beside what nodes see. Throws `CannotStart` (4) when another copy is being made into
 * this database.
 */
export async function openPostgresTarget(url: string, filling: Filling): Promise<PostgresTarget> {
  const client = await connectForKeeping(url)
  try {
    await takeTurn(client)
    const home = await homeOf(client)
    await prepare(client, url, filling)
    // What is not flushed yet is so with the commit that publishes it.
    await client.unsafe(`set synchronous_commit = off; set search_path = ${filling.schema}`)
    return targetOver(client, { url, home, filling })
  } catch (error) {
    await client.end({ timeout: 2 })
    throw error
  }
}

async function takeTurn(client: Client): Promise<void> {
  const [row] = await client.unsafe(`select pg_try_advisory_lock(${ONE_AT_A_TIME}) as mine`)
  if (row?.mine !== true && row?.mine !== 't')
    throw new CannotStart(4, 'Another Warren is copying into this database. Wait for it, or stop it.')
}

async function homeOf(client: Client): Promise<string> {
  const [row] = await client.unsafe('select current_schema() as home')
  return String(row?.home)
}

/** The token stands in the schema itself: who finds it knows whose copy it is. */
async function prepare(client: Client, url: string, { schema, version, token }: Filling): Promise<void> {
  if ((await tokenIn(client, schema)) === token) return
  await client.unsafe(`drop schema if exists ${schema} cascade; create schema ${schema}`)
  const db = await openPostgres(addressFor(url, schema))
  try {
    await migrate(db, { until: version })
  } finally {
    await db.close()
  }
  await client.unsafe(`create table ${schema}.copying (name text primary key, reached text not null)`)
  await client.unsafe(`insert into ${schema}.copying values ('', $1)`, [token])
}

/** Whose copy stands half made in this schema; null when there is none. */
export async function tokenIn(client: Client, schema: string): Promise<string | null> {
  const [there] = await client.unsafe('select to_regclass($1)::text as name', [`${schema}.copying`])
  if (there?.name == null) return null
  const [row] = await client.unsafe(`select reached from ${schema}.copying where name = ''`)
  return row === undefined ? null : String(row.reached)
}

interface Place {
  url: string
  home: string
  filling: Filling
}

function targetOver(client: Client, { url, home, filling }: Place): PostgresTarget {
  return {
    address: addressFor(url, filling.schema),
    present: () => tablesIn(client, home),
    refuseNodes: () => refuseNodes(client),
    async reached({ name }) {
      const [row] = await client.unsafe('select reached from copying where name = $1', [name])
      return Number(row?.reached ?? 0)
    },
    async store(table, lines, upTo = 0) {
      await together(client, async () => {
        await client.unsafe(insertLines(table), [`[${lines.join(',')}]`])
        await client.unsafe(
          'insert into copying values ($1, $2) on conflict (name) do update set reached = excluded.reached',
          [table.name, String(upTo)],
        )
      })
    },
    look: () => openPostgresSource(url, filling.schema),
    publish: (aside) => publish(client, { home, schema: filling.schema }, aside),
    close: () => client.end({ timeout: 2 }),
  }
}

/** The engine takes the lines apart: no value of ours is spelled as SQL. */
function insertLines({ name, columns }: Table): string {
  const values = columns.map(({ type }, i) => (type === 'text' ? `r ->> ${i}` : `(r ->> ${i})::bigint`))
  return `insert into ${name} (${namesOf(columns)}) select ${values.join(', ')} from jsonb_array_elements($1::text::jsonb) r`
}

async function publish(
  client: Client,
  { home, schema }: { home: string; schema: string },
  aside: string,
): Promise<void> {
  await client.unsafe('set synchronous_commit = on')
  // The first questions come before the engine would have looked by itself at what there is.
  for (const name of await tablesIn(client, schema)) await client.unsafe(`analyze ${schema}.${name}`)
  await together(client, async () => {
    await refuseNodes(client)
    const old = await tablesIn(client, home)
    if (old.length > 0) await client.unsafe(`create schema ${aside}`)
    for (const name of old) await client.unsafe(`alter table "${home}".${name} set schema ${aside}`)
    await client.unsafe(`drop table ${schema}.copying`)
    for (const name of await tablesIn(client, schema))
      await client.unsafe(`alter table ${schema}.${name} set schema "${home}"`)
    await client.unsafe(`drop schema ${schema}`)
  })
}

/**
 * All of it or nothing. When it fails nothing may be asked any more but to close: that takes it back. The library's own
 * transaction would write its rollback to a connection that may be gone, which throws where nobody can catch it.
 */
async function together(client: Client, work: () => Promise<void>): Promise<void> {
  await client.unsafe('begin')
  await work()
  await client.unsafe('commit')
}

/** Of all tables there those that are Warren's. */
async function tablesIn(client: Client, schema: string): Promise<string[]> {
  const [known] = await client.unsafe('select to_regclass($1)::text as name', [
    `"${schema}".schema_migrations`,
  ])
  if (known?.name == null) return []
  const [row] = await client.unsafe(`select max(version) as version from "${schema}".schema_migrations`)
  return [...tablesOf(Number(row?.version ?? 0)).map(({ name }) => name), 'schema_migrations']
}

/** A node that lives through it would go on with what it remembers of another history. */
async function refuseNodes(client: Client): Promise<void> {
  const [row] = await client.unsafe(`select count(*) as nodes from pg_stat_activity
    where datname = current_database() and application_name like 'warren%' and application_name <> '${KEEPING}'`)
  if (Number(row?.nodes) > 0)
    throw new CannotStart(4, 'Nodes are connected to this database. Stop them all first.')
}
