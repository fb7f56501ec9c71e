import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { CannotStart, codeOf } from './failure.ts'

export interface FolderLock {
  release(): void
}

/**
 * Makes this process the only one that works on a data folder. Throws `CannotStart` (4) when another one does.
 * The lock is SQLite's own exclusive lock on an empty file: the system drops it when the process dies in any way.
 */
export function lockFolder(dataDir: string): FolderLock {
  const file = join(dataDir, 'lock')
  const connection = open(file)
  try {
    // No journal: nothing is ever written, and nothing may be left beside the file.
    connection.run('pragma journal_mode = off')
    connection.run('pragma busy_timeout = 0')
    connection.run('begin exclusive')
  } catch (error) {
    connection.close()
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error
    throw new CannotStart(
      4,
      `${dataDir} is in use by another Warren. Stop it, or choose another data folder.`,
    )
  }
  return { release: () => connection.close() }
}

function open(file: string): Database {
  try {
    return new Database(file, { create: true })
  } catch (error) {
    throw new CannotStart(4, `${file} cannot be opened (${codeOf(error)}). Is the data folder writable?`)
  }
}
