import { Database } from 'bun:sqlite'
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
} from 'node:fs'

/** The file and what its engine keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(path + end, { force: true })
}

/** For its owner only, and on disk. Nothing may have it open. */
export function settleFile(path: string): void {
  const file = openSync(path, 'r+')
  fchmodSync(file, 0o600)
  fsyncSync(file)
  closeSync(file)
}

export function settleFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/**
 * Brings what the log holds into the file. False while somebody else reads it. True also for one that its engine can't
 * read: that may be why it is replaced, and it is kept with its log.
 */
export function emptyLog(path: string): boolean {
  try {
    const connection = new Database(path, { readwrite: true, create: false })
    const { busy } = connection.query('pragma wal_checkpoint(truncate)').get() as { busy: number }
    connection.close()
    return busy === 0
  } catch {
    return true
  }
}

/** A second name for a file, on disk with the folder; a copy where the file system knows no second names. */
export function keepAlso(path: string, also: string, link = linkSync): void {
  try {
    link(path, also)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(path, also, constants.COPYFILE_EXCL)
    settleFile(also)
  }
}

/** exFAT, SMB and some mounts of containers have none; another disk can have none. */
const NO_LINKS = new Set(['EPERM', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
