import { type FreshDatabase, freshPostgres, freshSqlite } from './databases.ts'
import { hasPostgres } from './postgres.ts'

/** For `describe.each`: the engines of this machine, each with a fresh database to open. */
export const engines: [string, () => Promise<FreshDatabase>][] = [
  ['SQLite', () => freshSqlite()],
  ...(hasPostgres ? [['PostgreSQL', () => freshPostgres()] as [string, () => Promise<FreshDatabase>]] : []),
]
