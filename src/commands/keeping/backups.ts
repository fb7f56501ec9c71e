import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BadArchive, readArchive, writeArchive } from '../../platform/keeping/archive.ts'
import { dump } from '../../platform/keeping/dump.ts'
import { type Manifest, readManifest } from '../../platform/keeping/manifest.ts'
import { secretsOf } from '../../platform/secrets.ts'
import type { Config } from '../../config.ts'
import { EXIT, fail } from '../command.ts'
import { describe, openSource, readSecretsFile } from './installation.ts'
import { enclosedKeys, requireOpening } from './keys.ts'

const REPLACED_NOW = 'If it is being replaced just now, make the backup again.'

export const backupsDir = ({ dataDir }: Config): string => join(dataDir, 'backups')

/** `2026-11-25T12-16-56-123Z`: names in order of time, in any file system. */
export const stamp = (at = new Date()): string => at.toISOString().replace(/[:.]/g, '-')

/** A backup of what is committed now, into `path` or a new file in the data folder; answers where it is. */
export async function createBackup(
  config: Config,
  path: string | undefined,
): Promise<{ file: string; manifest: Manifest }> {
  const file = path ?? join(backupsDir(config), `warren-${stamp()}.tar.zst`)
  if (existsSync(file)) fail(EXIT.failed, `${file} is there already. Name another file.`)
  const source = await openSource(config)
  try {
    if (path === undefined) mkdirSync(backupsDir(config), { recursive: true, mode: 0o700 })
    const manifest = await describe(source)
    const secrets = readSecretsFile(config)
    if (secrets !== null) requireOpening(secretsOf(enclosedKeys(secrets)), manifest, REPLACED_NOW)
    await writeArchive(file, dump(source, manifest, secrets))
    return { file, manifest }
  } finally {
    await source.close()
  }
}

/** A backup in the folder; without a manifest when it cannot be read. */
export interface Kept {
  file: string
  bytes: number
  manifest: Manifest | null
}

/** The newest last, by name. */
export async function listBackups(config: Config): Promise<Kept[]> {
  const kept: Kept[] = []
  for (const file of filesIn(backupsDir(config), /^warren-.*\.tar\.zst$/)) {
    kept.push({ file, bytes: statSync(file).size, manifest: await peek(file) })
  }
  return kept
}

/** Only its first part is read. */
async function peek(file: string): Promise<Manifest | null> {
  try {
    for await (const part of readArchive(file)) return readManifest(part)
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error
  }
  return null
}

const A_DAY_MS = 86_400_000

/** What `prune` takes away: all but the newest, and what is left of backups that were cut short. */
export function findSuperfluous(config: Config, keep: number, now = Date.now()): string[] {
  const whole = filesIn(backupsDir(config), /^warren-.*\.tar\.zst$/)
  const halves = filesIn(backupsDir(config), /\.tar\.zst\.partial$/)
  const isLeft = (file: string) => statSync(file).mtimeMs < now - A_DAY_MS
  return [...whole.slice(0, Math.max(0, whole.length - keep)), ...halves.filter(isLeft)]
}

export const removeFile = (file: string): void => rmSync(file)

function filesIn(folder: string, form: RegExp): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => form.test(name))
  return names.sort().map((name) => join(folder, name))
}
