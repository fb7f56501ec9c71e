import { isOutage } from '../../platform/db/postgres.errors.ts'
import { BadArchive } from '../../platform/keeping/archive.ts'
import { EXIT, fail } from '../command.ts'

/** A file that is no good, a disk that takes none or a database that went away is the operator's to know, not a bug. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadArchive) return fail(EXIT.failed, error.message)
    const { code = '', path, syscall } = error as NodeJS.ErrnoException
    const isFile = syscall !== undefined && path !== undefined
    if (!isFile && isOutage(error))
      return fail(EXIT.dependency, `the database went away (${code}). When it answers, run this again.`)
    if (!isFile) throw error
    return fail(
      EXIT.failed,
      `${path} cannot be used (${syscall}: ${code}). Is its folder there, writable and not full?`,
    )
  }
}

/** `12.3 MB`. */
export const sized = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
