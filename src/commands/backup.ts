import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../platform/db/db.sqlite.ts'
import { migrate } from '../platform/db/migrate.ts'
import type { Manifest } from '../platform/keeping/manifest.ts'
import { createSecrets, secretsOf } from '../platform/secrets.ts'
import type { Config } from '../config.ts'
import { type Call, type Command, EXIT, type Exit, fail, option } from './command.ts'
import { createBackup, findSuperfluous, type Kept, listBackups, removeFile } from './keeping/backups.ts'
import { rowsOf } from './keeping/installation.ts'
import { inWords, sized } from './keeping/inWords.ts'
import { enclosedKeys, requireOpening } from './keeping/keys.ts'
import { openBackup, rebuildSqlite } from './keeping/rebuild.ts'

export const backupCreate: Command = {
  usage: '[-o FILE] [--json]',
  example: 'warren backup create',
  details: [
    '-o FILE  Where to; $DATA/backups/warren-TIME.tar.zst when it is not given',
    '--json   {file, bytes, manifest}',
    'Nodes go on: it reads what is committed at its start. The file holds everything that was written, and secrets.toml',
    'when there is one: who has it can read all and sign in as anybody. Settings (config.toml, WARREN_…) are not in it.',
  ],
  options: { out: { type: 'string', short: 'o' }, json: { type: 'boolean' } },
  async run(call) {
    const { options, io, settings } = call
    const { file, manifest } = await inWords(() => createBackup(settings().config, option(call, 'out')))
    const bytes = statSync(file).size
    if (options.json) io.out(JSON.stringify({ file, bytes, manifest }, null, 2))
    else io.out(file)
    io.err(`${rowsOf(manifest, 'messages')} messages, ${sized(bytes)}. "warren backup verify" tries it out.`)
    return EXIT.ok
  },
}

export const backupVerify: Command = {
  usage: 'FILE [--json]',
  example: 'warren backup verify data/backups/warren-2026-11-25T03-00-00-000Z.tar.zst',
  details: [
    'Restores it into a temporary folder (TMPDIR), brings it up to date, and compares every count and hash.',
    '--json  {file, manifest}',
  ],
  options: { json: { type: 'boolean' } },
  words: [1, 1],
  run: (call) => inWords(() => verify(call)),
}

async function verify({ words, options, io, settings }: Call): Promise<Exit> {
  const [file = ''] = words
  const folder = mkdtempSync(join(tmpdir(), 'warren-verify-'))
  try {
    const opened = await openBackup(file)
    const path = join(folder, 'warren.db')
    const { secrets } = await rebuildSqlite(opened, path)
    if (secrets !== null) requireOpening(secretsOf(enclosedKeys(secrets)), opened.manifest)
    const db = openSqlite(path)
    await migrate(db)
    await db.close()
    const { manifest } = opened
    if (options.json) io.out(JSON.stringify({ file, manifest }, null, 2))
    io.err(
      `It is whole: ${rowsOf(manifest, 'users')} accounts, ${rowsOf(manifest, 'messages')} messages, as of ${manifest.created_at}.`,
    )
    if (secrets === null && manifest.key !== null) io.err(keyWanted(manifest, settings().config))
    return EXIT.ok
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whoever restores it brings the key: better they hear of that now. */
function keyWanted({ key, key_next }: Manifest, { secretKey, secretKeyPrevious }: Config): string {
  const wanted = [key, key_next].filter((each) => each !== null)
  const secrets = secretKey === null ? null : createSecrets(secretKey, secretKeyPrevious)
  const isSet = secrets !== null && wanted.every((each) => secrets.knows(each))
  const which = isSet ? 'the one that is set here' : 'not one that is set here'
  return `Its secret key (${wanted.join(' and ')}) is not in it: ${which}. Nothing is restored without it.`
}

export const backupList: Command = {
  usage: '[--json]',
  example: 'warren backup list',
  details: ['Those in $DATA/backups, the newest last.', '--json  [{file, bytes, manifest}]'],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const kept = await listBackups(settings().config)
    if (options.json) io.out(JSON.stringify(kept, null, 2))
    else for (const each of kept) io.out(line(each))
    if (kept.length === 0) io.err('There is no backup yet. "warren backup create" makes one.')
    return EXIT.ok
  },
}

const line = ({ file, bytes, manifest }: Kept): string =>
  manifest === null
    ? `${file}  ${sized(bytes)}  cannot be read`
    : `${file}  ${sized(bytes)}  ${manifest.created_at}  ${rowsOf(manifest, 'messages')} messages`

export const backupPrune: Command = {
  usage: '--keep N [--dry-run] [--yes]',
  example: 'warren backup prune --keep 7 --yes',
  details: [
    '--keep N   How many of the newest in $DATA/backups stay',
    '--dry-run  Print what would go, and remove nothing',
    '--yes      Really. What is left of a backup that was cut short a day ago or earlier goes as well',
  ],
  options: { keep: { type: 'string' }, 'dry-run': { type: 'boolean' }, yes: { type: 'boolean' } },
  async run(call) {
    const { options, io, settings } = call
    const keep = option(call, 'keep') ?? ''
    if (!/^[1-9]\d{0,5}$/.test(keep)) fail(EXIT.usage, 'say how many stay: --keep 7.')
    const files = findSuperfluous(settings().config, Number(keep))
    for (const file of files) io.out(file)
    if (files.length === 0) io.err('Nothing is to go.')
    if (options['dry-run'] || files.length === 0) return EXIT.ok
    if (!options.yes) fail(EXIT.usage, 'this removes the backups above for good. Add --yes if you mean it.')
    for (const file of files) removeFile(file)
    return EXIT.ok
  },
}
