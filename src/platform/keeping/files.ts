import { Database } from 'bun:sqlite'
import { closeSync, fchmodSync, fsyncSync, openSync, rmSync } from 'node:fs'

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

/** Brings what the log holds into the file, when its engine can read it: a damaged one may be why it is replaced. */
export function emptyLog(path: string): void {
  try {
    const connection = new Database(path, { readwrite: true, create: false })
    connection.run('pragma wal_checkpoint(truncate)')
    connection.close()
  } catch {
    // Then it is kept with its log.
  }
}
