import { dirname } from 'node:path'
import type { Entry } from './journal.ts'

/** Paths inside the folder, and what the files hold. */
export type Files = Map<string, Uint8Array>

/** What becomes of a piece that was written and not synced: a page of 4 KiB at most, or a change of the size. */
export type Fate = 'kept' | 'dropped' | 'torn'

export interface Cut {
  /** What the disk holds. */
  files: Files
  /** Everything the journal knows of: what the disk does not hold of it is gone. */
  seen: Set<string>
  /** Pieces that were not synced, or by a sync that failed. */
  unsynced: number
}

interface Unsynced {
  n: number
  offset: number
  /** Null for a change of the size. */
  data: Uint8Array | null
}

interface File {
  /** With room to grow. */
  bytes: Uint8Array
  length: number
  unsynced: Unsynced[]
}

interface Renaming {
  n: number
  folder: string
  apply(names: Map<string, File>): void
}

interface Disk {
  /** Names as the process sees them, and as the disk has them. */
  live: Map<string, File>
  synced: Map<string, File>
  inodes: Map<number, File>
  renamings: Renaming[]
  /** Pieces that a failed sync was about. */
  failed: number
}

const PAGE = 4096
const SECTOR = 512

/**
 * What is left of a folder, that held `before` when all of these entries began, after the power was cut. Content is there
 * once its file was synced, a name once its folder was (strict POSIX: ext4 gives more). What a failed sync was
 * about has its fate there and then: the kernel forgets that these pages were dirty, and no later sync writes them.
 */
export function cutPower(before: Files, entries: readonly Entry[], fateOf: () => Fate): Cut {
  const files = [...before].map(([path, bytes]) => [path, fileWith(bytes.slice())] as const)
  const disk: Disk = {
    live: new Map(files),
    synced: new Map(files),
    inodes: new Map(),
    renamings: [],
    failed: 0,
  }
  const seen = new Set<string>()
  entries.forEach((entry, n) => {
    seen.add(entry.path)
    replay(disk, entry, n, fateOf)
  })
  let unsynced = disk.failed + disk.renamings.length
  for (const { apply } of disk.renamings.splice(0)) {
    // Folders are journaled: of their changes a first part is kept, never a later one alone.
    if (fateOf() !== 'kept') break
    apply(disk.synced)
  }
  for (const file of new Set(disk.synced.values())) unsynced += settle(file, file.unsynced, fateOf)
  const left = [...disk.synced].map(([path, { bytes, length }]) => [path, bytes.subarray(0, length)] as const)
  return { files: new Map(left), seen, unsynced }
}

const fileWith = (bytes: Uint8Array): File => ({ bytes, length: bytes.length, unsynced: [] })

function replay(disk: Disk, entry: Entry, n: number, fateOf: () => Fate): void {
  const { kind, path, inode, offset, data } = entry
  if (kind === 'C') create(disk, path, inode, n)
  else if (kind === 'U') rename(disk, path, { n, apply: (names) => names.delete(path) })
  else if (kind === 'R') {
    const next = new TextDecoder().decode(data)
    rename(disk, next, { n, apply: (names) => move(names, path, next) })
  } else if (kind === 'W') fileOf(disk, path, inode).unsynced.push({ n, offset, data })
  else if (kind === 'T') fileOf(disk, path, inode).unsynced.push({ n, offset, data: null })
  else if (kind === 'S') sync(disk, entry, () => 'kept')
  else disk.failed += sync(disk, entry, fateOf)
}

function create(disk: Disk, path: string, inode: number, n: number): void {
  const file = fileWith(new Uint8Array())
  disk.inodes.set(inode, file)
  rename(disk, path, { n, apply: (names) => names.set(path, file) })
}

function rename(disk: Disk, path: string, { n, apply }: { n: number; apply: Renaming['apply'] }): void {
  apply(disk.live)
  disk.renamings.push({ n, folder: dirname(path), apply })
}

function move(names: Map<string, File>, path: string, next: string): void {
  const file = names.get(path)
  names.delete(path)
  if (file !== undefined) names.set(next, file)
}

function fileOf(disk: Disk, path: string, inode: number): File {
  const known = disk.inodes.get(inode) ?? disk.live.get(path) ?? fileWith(new Uint8Array())
  disk.inodes.set(inode, known)
  return known
}

/** Of what was there when it began. The number of pieces. */
function sync(disk: Disk, { path, inode, offset: until }: Entry, fateOf: () => Fate): number {
  const file = disk.inodes.get(inode) ?? disk.live.get(path)
  if (file !== undefined) {
    const [done, later] = partition(file.unsynced, until)
    file.unsynced = later
    return settle(file, done, fateOf)
  }
  const [done, later] = partition(disk.renamings, until)
  const here = done.filter(({ folder }) => folder === path)
  if (fateOf() === 'kept') for (const { apply } of here) apply(disk.synced)
  disk.renamings = [...done.filter(({ folder }) => folder !== path), ...later]
  return here.length
}

const partition = <T extends { n: number }>(changes: T[], until: number): [T[], T[]] => [
  changes.filter(({ n }) => n < until),
  changes.filter(({ n }) => n >= until),
]

function write(file: File, { offset, data }: Unsynced): void {
  if (data === null) {
    // What is grown into again later is zeros.
    file.bytes.fill(0, Math.min(offset, file.length))
    reach(file, offset)
    file.length = offset
    return
  }
  reach(file, offset + data.length)
  file.bytes.set(data, offset)
  file.length = Math.max(file.length, offset + data.length)
}

function reach(file: File, length: number): void {
  if (length <= file.bytes.length) return
  const bytes = new Uint8Array(length * 2)
  bytes.set(file.bytes)
  file.bytes = bytes
}

/** Each page has its own fate; of a torn one a first part of its sectors was written. */
function settle(file: File, changes: readonly Unsynced[], fateOf: () => Fate): number {
  const pieces = changes.flatMap(piecesOf)
  for (const piece of pieces) {
    const fate = fateOf()
    if (fate === 'dropped') continue
    const isTorn = fate === 'torn' && piece.data !== null
    write(file, isTorn ? { ...piece, data: (piece.data as Uint8Array).subarray(0, torn(piece)) } : piece)
  }
  return pieces.length
}

const torn = ({ offset, data }: Unsynced): number =>
  Math.min((data as Uint8Array).length, SECTOR * 3 - (offset % SECTOR))

function piecesOf(change: Unsynced): Unsynced[] {
  const { n, offset, data } = change
  if (data === null) return [change]
  const pieces: Unsynced[] = []
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + PAGE - ((offset + at) % PAGE))
    pieces.push({ n, offset: offset + at, data: data.subarray(at, end) })
    at = end
  }
  return pieces
}
