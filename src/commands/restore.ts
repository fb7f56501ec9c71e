import { existsSync } from 'node:fs'
import type { Manifest } from '../platform/keeping/manifest.ts'
import type { Config } from '../config.ts'
import { type Call, type Command, EXIT, type Exit, fail } from './command.ts'
import { sqlitePath } from './database.ts'
import { rowsOf } from './keeping/installation.ts'
import { inWords } from './keeping/inWords.ts'
import { type Opened, openBackup, readThrough } from './keeping/rebuild.ts'
import type { Restoring } from './keeping/restoreSqlite.ts'

export const restore: Command = {
  usage: 'FILE [--dry-run] [--yes] [--keep-sessions]',
  example: 'warren restore data/backups/warren-2026-11-25T03-00-00-000Z.tar.zst --yes',
  details: [
    '--dry-run        Read it to its end, say what would be done, and do nothing',
    '--yes            Replace the database that is there; it is kept aside',
    '--keep-sessions  Leave everybody signed in who was at the time of the backup; only when nobody was signed out since',
    'Nodes must be stopped. What was written after the backup is lost; browsers are told so, and hand in what they hold',
    'unsent. Everybody signs in again.',
  ],
  options: {
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' },
    'keep-sessions': { type: 'boolean' },
  },
  words: [1, 1],
  run: (call) => inWords(() => run(call)),
}

async function run({ words, options, io, settings }: Call): Promise<Exit> {
  const [file = ''] = words
  const { config } = settings()
  const opened = await openBackup(file)
  const isThere = await isDatabaseThere(config)
  io.err(
    `${inShort(opened.manifest)} ${isThere ? 'There is a database already.' : 'There is no database yet.'}`,
  )
  if (options['dry-run']) {
    await readThrough(opened)
    io.err(`It is whole. Nothing was changed; it would ${isThere ? 'replace the database' : 'be restored'}.`)
    return EXIT.ok
  }
  if (isThere && !options.yes) fail(EXIT.usage, 'this replaces the database. Add --yes if you mean it.')
  const aside = await replace(opened, { config, keepsSessions: options['keep-sessions'] === true })
  if (aside !== null) io.err(`The old database is kept as ${aside}. Remove it when you are sure.`)
  io.err('Restored. Start Warren again.')
  return EXIT.ok
}

async function replace(opened: Opened, restoring: Restoring): Promise<string | null> {
  const path = sqlitePath(restoring.config)
  if (path === null) return (await import('./keeping/restorePostgres.ts')).restorePostgres(opened, restoring)
  return (await import('./keeping/restoreSqlite.ts')).restoreSqlite(opened, path, restoring)
}

async function isDatabaseThere(config: Config): Promise<boolean> {
  const path = sqlitePath(config)
  if (path !== null) return existsSync(path)
  return (await import('./keeping/restorePostgres.ts')).isTaken(config.databaseUrl)
}

const inShort = (manifest: Manifest): string =>
  `A backup of ${manifest.created_at} (Warren ${manifest.app_version}, schema ${manifest.schema}): ` +
  `${rowsOf(manifest, 'users')} accounts, ${rowsOf(manifest, 'messages')} messages.`
