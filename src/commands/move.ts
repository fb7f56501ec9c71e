import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listMigrations } from '../platform/db/migrate.ts'
import { tokenOf } from '../platform/keeping/hold.ts'
import { MOVED, readSetting } from '../platform/keeping/source.ts'
import { keepSecretKeys } from '../platform/secretsFile.ts'
import type { Config } from '../config.ts'
import { type Call, type Command, EXIT, type Exit, fail, option } from './command.ts'
import { sqlitePath } from './database.ts'
import { copyAll } from './keeping/copy.ts'
import { begunAt, type Moving, openTarget, requireEmpty } from './keeping/destination.ts'
import { type Holder, takeBack, takeHold } from './keeping/holder.ts'
import { describe, openSource, rowsOf } from './keeping/installation.ts'
import { inWords } from './keeping/inWords.ts'

export const move: Command = {
  usage: '--to URL | --to-file FILE [--dry-run] [--resume] [--secret-key-file FILE]',
  example: 'warren move --to-file postgres-url.txt --secret-key-file secret-key.txt',
  details: [
    '--to URL                postgres://user@host/name of an empty database; others can read arguments',
    '--to-file FILE          The same, read from a file: for an address with a password',
    '--secret-key-file FILE  Write the secret key there, for WARREN_SECRET_KEY_FILE of the nodes to come',
    '--dry-run               Look at both sides, and do nothing',
    '--resume                Go on with a move that was cut short',
    '--undo --yes            Let the SQLite database be served again after a move; what was written since is not in it',
    'A running node goes on reading; what is sent meanwhile is answered 503, and browsers send it again by themselves.',
  ],
  options: {
    to: { type: 'string' },
    'to-file': { type: 'string' },
    'secret-key-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    resume: { type: 'boolean' },
    undo: { type: 'boolean' },
    yes: { type: 'boolean' },
  },
  run: (call) => inWords(() => choose(call)),
}

async function choose(call: Call): Promise<Exit> {
  const { config } = call.settings()
  const path = sqlitePath(config)
  if (path === null) fail(EXIT.usage, 'this installation is on PostgreSQL already.')
  if (!existsSync(path)) fail(EXIT.dependency, `there is no database at ${path}. Is this the data folder?`)
  if (call.options.undo) return undo(call, config, path)
  const moving = { path, url: addressOf(call), version: await requireUpToDate(config) }
  return call.options['dry-run'] ? plan(call, moving) : run(call, moving)
}

function addressOf(call: Call): string {
  const file = option(call, 'to-file')
  const url = file === undefined ? option(call, 'to') : readFileSync(file, 'utf8').trim()
  if (url === undefined || !/^postgres(ql)?:\/\//.test(url)) {
    fail(EXIT.usage, 'say where to: --to postgres://user@host/name, or --to-file FILE with that in it.')
  }
  return url
}

async function requireUpToDate(config: Config): Promise<number> {
  const source = await openSource(config)
  const { schema } = await describe(source).finally(() => source.close())
  if (schema === listMigrations('sqlite').length) return schema
  return fail(EXIT.migration, 'the database is older than this Warren. Run "warren migrate up" first.')
}

/** Looks at both sides; the database that it is to go to is changed no more than this one. */
async function plan({ io, settings }: Call, { url }: Moving): Promise<Exit> {
  const source = await openSource(settings().config)
  const manifest = await describe(source).finally(() => source.close())
  const { isTaken } = await import('./keeping/restorePostgres.ts')
  if (await isTaken(url)) fail(EXIT.failed, 'there is a Warren in that database already. Name an empty one.')
  const begun = (await begunAt(url)) === null ? '' : ' A move into it was begun: add --resume.'
  io.err(
    `It would copy ${rowsOf(manifest, 'users')} accounts and ${rowsOf(manifest, 'messages')} messages to ${shown(url)}.${begun}`,
  )
  return EXIT.ok
}

async function run(call: Call, moving: Moving): Promise<Exit> {
  const { io, settings } = call
  const { config } = settings()
  const keyFile = option(call, 'secret-key-file')
  if (keyFile !== undefined && existsSync(keyFile))
    fail(EXIT.usage, `${keyFile} is there already. Name another file.`)
  const begun = await findBegun(call, moving)
  const done = await findMoved(config)
  if (done !== null && done !== begun)
    fail(EXIT.config, 'this database was moved already. See "warren help move", --undo.')
  if (done === null) await copy(call, moving, await takeHold(config, moving.path, begun))
  await publish(moving)
  io.out(`WARREN_DATABASE_URL=${shown(moving.url)}`)
  io.out(keyLine(config, keyFile))
  io.err(
    'Moved: both sides are the same. Stop Warren, set what stands above on every node, and start it again.',
  )
  return EXIT.ok
}

async function findBegun({ options }: Call, { url }: Moving): Promise<string | null> {
  const begun = await begunAt(url)
  if (begun === null || options.resume) return begun
  return fail(EXIT.failed, 'a move into that database was begun. Go on with it: --resume.')
}

/** The source is no longer served: nobody can write in two places. */
async function publish(moving: Moving): Promise<void> {
  const token = await begunAt(moving.url)
  if (token === null)
    fail(EXIT.failed, 'what was copied is gone. Let it be served again with --undo, and move again.')
  const target = await openTarget(moving, token)
  await target.publish('before_move').finally(() => target.close())
}

/** Leaves the target whole and the source closed, or the source open as if nothing had been. */
async function copy({ io }: Call, moving: Moving, holder: Holder): Promise<void> {
  const began = performance.now()
  try {
    const target = await openTarget(moving, holder.token)
    try {
      await requireEmpty(target)
      const rows = await copyAll(moving, target, holder)
      io.err(
        `Copied ${rows} rows and compared both sides in ${Math.ceil((performance.now() - began) / 1000)} s.`,
      )
    } finally {
      await target.close()
    }
    await holder.finish(shown(moving.url))
  } catch (error) {
    await holder.end().catch(() => {}) // a node that is gone has nothing to let in
    throw error
  } finally {
    await holder.close()
  }
}

/** The token of the move by which this database was left; null when it was not. */
async function findMoved(config: Config): Promise<string | null> {
  const source = await openSource(config)
  const moved = await readSetting(source, MOVED).finally(() => source.close())
  return moved === null ? null : tokenOf(moved)
}

async function undo({ io, options }: Call, config: Config, path: string): Promise<Exit> {
  if (!options.yes) {
    fail(
      EXIT.usage,
      'what was written to PostgreSQL since the move is not in this database. Add --yes if you mean it.',
    )
  }
  const wasMoved = await takeBack(config, path)
  io.err(
    wasMoved ? 'This database can be served again.' : 'This database was not moved: nothing was changed.',
  )
  return EXIT.ok
}

/** Without what must not be read over somebody's shoulder. */
const shown = (url: string): string => url.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1:***@')

function keyLine({ secretKey, dataDir }: Config, file: string | undefined): string {
  if (secretKey !== null) return 'WARREN_SECRET_KEY as before'
  if (file === undefined) return `WARREN_SECRET_KEY is the secret_key in ${join(dataDir, 'secrets.toml')}`
  writeFileSync(file, `${keepSecretKeys(dataDir).secretKey}\n`, { mode: 0o600, flag: 'wx' })
  return `WARREN_SECRET_KEY_FILE=${file}`
}
