import { join } from 'node:path'
import { lockFolder } from '../platform/db/lock.ts'
import { listMigrations, type Migration, migrate, readSchema, type Schema } from '../platform/db/migrate.ts'
import { admitWrites } from '../platform/keeping/hold.ts'
import type { Config } from '../config.ts'
import { type Command, EXIT, type Io } from './command.ts'
import { isDatabaseThere, makeDataDir, openDatabase } from './database.ts'

export const migrateStatus: Command = {
  usage: '[--json]',
  example: 'warren migrate status --json',
  details: ['--json  {schema, known, pending}'],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const { version, known, pending } = await look(settings().config)
    if (options.json) {
      io.out(JSON.stringify({ schema: version, known, pending: pending.map(nameOf) }, null, 2))
      return EXIT.ok
    }
    io.out(`schema ${version} of ${known}`)
    for (const migration of pending) io.out(`pending ${nameOf(migration)}`)
    return EXIT.ok
  },
}

export const migratePlan: Command = {
  usage: '',
  example: 'warren migrate plan',
  details: ['Prints what "migrate up" would run, and changes nothing.'],
  async run({ io, settings }) {
    return plan(await look(settings().config), io)
  },
}

export const migrateUp: Command = {
  usage: '[--dry-run]',
  example: 'warren migrate up',
  details: [
    '--dry-run  The same as "migrate plan"',
    'A SQLite file is copied into $DATA/snapshots first; three copies are kept. The node must be stopped.',
  ],
  options: { 'dry-run': { type: 'boolean' } },
  async run({ options, io, settings }) {
    const { config } = settings()
    if (options['dry-run']) return plan(await look(config), io)

    makeDataDir(config)
    const lock = lockFolder(config.dataDir)
    try {
      const db = await openDatabase(config)
      try {
        await admitWrites(db)
        const applied = await migrate(db, { snapshots: join(config.dataDir, 'snapshots') })
        for (const migration of applied) io.out(`applied ${nameOf(migration)}`)
        io.err(applied.length === 0 ? 'Nothing was missing.' : 'The database is up to date.')
      } finally {
        await db.close()
      }
    } finally {
      lock.release()
    }
    return EXIT.ok
  },
}

async function look(config: Config): Promise<Schema> {
  if (!isDatabaseThere(config)) {
    const pending = listMigrations('sqlite')
    return { version: 0, known: pending.length, pending }
  }
  const db = await openDatabase(config)
  try {
    return await readSchema(db)
  } finally {
    await db.close()
  }
}

function plan({ pending }: Schema, io: Io) {
  for (const migration of pending) io.out(`-- ${nameOf(migration)}\n${migration.script.trimEnd()}\n`)
  if (pending.length === 0) io.err('Nothing is missing.')
  return EXIT.ok
}

const nameOf = ({ version, name }: Migration) => `${String(version).padStart(4, '0')}_${name}`
