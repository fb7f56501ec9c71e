import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

const MEGABYTE = 1_048_576

/** Writable, private, with room to grow, on a disk that keeps its word in good time. */
export function checkFolder({ dataDir }: Config): Finding[] {
  const folder = resolve(dataDir)
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode
  if (mode === undefined) return [checkParent(folder), checkSpace(dirname(folder))]
  if (!isWritable(folder)) {
    return [bad('data folder', `${folder} is not writable`, 'run Warren as its owner, or chown it')]
  }
  return [
    ok('data folder', `${folder} is writable`),
    checkPrivacy(folder, mode),
    checkSecrets(join(folder, 'secrets.toml')),
    checkSpace(folder),
    checkFsync(folder),
  ]
}

function checkParent(folder: string): Finding {
  if (isWritable(dirname(folder))) return ok('data folder', `${folder} will be made at the first start`)
  const fix = `run "mkdir -m 700 ${folder}" as the user who runs Warren`
  return bad('data folder', `${folder} does not exist and cannot be made`, fix)
}

function checkPrivacy(folder: string, mode: number): Finding {
  if ((mode & 0o007) === 0) return ok('privacy', 'other users cannot look into the data folder')
  return warn('privacy', 'other users can look into the data folder', `run "chmod 700 ${folder}"`)
}

function checkSecrets(path: string): Finding {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) return ok('secrets', 'made at the first start, or set')
  if ((mode & 0o077) === 0) return ok('secrets', 'only their owner reads them')
  return bad('secrets', 'other users can read secrets.toml', `run "chmod 600 ${path}"`)
}

function checkSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / MEGABYTE)
  if (free >= 1024) return ok('free space', `${Math.floor(free / 1024)} GB`)
  const fix = 'make room: without it no message can be sent'
  return free >= 100 ? warn('free space', `${free} MB`, fix) : bad('free space', `${free} MB`, fix)
}

/** Every message waits for one of these. */
function checkFsync(folder: string): Finding {
  const times = Array.from({ length: 15 }, () => timeFsync(join(folder, `.doctor-${process.pid}`)))
  const median = times.sort((a, b) => a - b)[7] ?? 0
  const told = `${median.toFixed(1)} ms for a write to reach the disk`
  if (median < 20) return ok('disk', told)
  return warn('disk', told, 'sending will feel slow: put the data folder on a local SSD')
}

function timeFsync(path: string): number {
  const file = openSync(path, 'w', 0o600)
  try {
    writeSync(file, 'x'.repeat(4096))
    const start = performance.now()
    fsyncSync(file)
    return performance.now() - start
  } finally {
    closeSync(file)
    unlinkSync(path)
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
