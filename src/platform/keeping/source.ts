import type { Value } from '../db/db.ts'
import { type Contents, contentsOf, newSum } from './sum.ts'
import type { Column, Table } from './tables.ts'

/** A row of a query, its values in the order of the columns. */
export type Row = readonly (string | number | null)[]

/** A database as it stood at one moment, read beside whoever works on it. */
export interface Source {
  readonly dialect: 'sqlite' | 'postgres'
  /** Some rows at a time; `?` stands for each of the values. One after another: the next query follows the last row. */
  rows(text: string, values?: readonly Value[]): AsyncIterable<Row[]>
  close(): Promise<void>
}

/** What says of one file alone that it is being moved, or was, and goes nowhere with its contents. */
export const MOVING = 'moving'
export const MOVED = 'moved'

export const namesOf = (columns: readonly Column[]): string =>
  columns.map(({ name }) => `"${name}"`).join(', ')

/** Everything of a table but what belongs to this one database. */
export function selectAll({ name, columns }: Table): string {
  const local = name === 'settings' ? ` where name not in ('${MOVING}', '${MOVED}')` : ''
  return `select ${namesOf(columns)} from ${name}${local}`
}

/** The same behind a place in the file (SQLite), with the place first: rows keep it as long as nobody writes. */
export function selectFrom(table: Table): string {
  const all = selectAll(table).replace('select ', 'select rowid, ')
  return `${all}${all.includes(' where ') ? ' and' : ' where'} rowid > ? order by rowid`
}

export async function countRows(source: Source, table: Table): Promise<number> {
  const row = await firstRow(source, `select count(*) from (${selectAll(table)}) as kept`)
  return Number(row?.[0])
}

export async function readContents(source: Source, table: Table): Promise<Contents> {
  const sum = newSum()
  for await (const rows of source.rows(selectAll(table))) for (const row of rows) sum.add(JSON.stringify(row))
  return contentsOf(sum)
}

/** Null when there is no such setting. */
export async function readSetting(source: Source, name: string): Promise<string | null> {
  const row = await firstRow(source, 'select value from settings where name = ?', [name])
  return row === undefined ? null : String(row[0])
}

/** The schema of the database; 0 when it is empty. */
export async function readVersion(source: Source): Promise<number> {
  const known = await firstRow(source, HAS_SCHEMA[source.dialect])
  if (known === undefined) return 0
  return Number((await firstRow(source, 'select max(version) from schema_migrations'))?.[0] ?? 0)
}

const HAS_SCHEMA = {
  sqlite: "select 1 from sqlite_schema where name = 'schema_migrations'",
  postgres: "select 1 where to_regclass('schema_migrations') is not null",
}

async function firstRow(
  source: Source,
  text: string,
  values: readonly Value[] = [],
): Promise<Row | undefined> {
  let first: Row | undefined
  for await (const rows of source.rows(text, values)) first ??= rows[0]
  return first
}
