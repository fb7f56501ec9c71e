import { Database } from 'bun:sqlite'
import { listMigrations } from '../platform/db/migrate.ts'
import { COMMIT, VERSION } from '../platform/version.ts'
import { type Command, EXIT } from './command.ts'

export const version: Command = {
  usage: '[--json]',
  example: 'warren version --json',
  details: ['--json  With the commit, the schema it knows, and the versions of Bun and SQLite'],
  options: { json: { type: 'boolean' } },
  async run({ options, io }) {
    io.out(options.json ? JSON.stringify(everyVersion(), null, 2) : `warren ${VERSION}`)
    return EXIT.ok
  },
}

function everyVersion(): Record<string, string | number> {
  const memory = new Database(':memory:')
  const { sqlite } = memory.query('select sqlite_version() as sqlite').get() as { sqlite: string }
  memory.close()
  return {
    version: VERSION,
    commit: COMMIT,
    schema: listMigrations('sqlite').length,
    bun: Bun.version,
    sqlite,
    platform: `${process.platform}-${process.arch}`,
  }
}
