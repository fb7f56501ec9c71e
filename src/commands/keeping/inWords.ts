import { BadArchive } from '../../platform/keeping/archive.ts'
import { EXIT, fail } from '../command.ts'

/** A file that is no good, or a disk that takes none, is the operator's to know, not a bug. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadArchive) return fail(EXIT.failed, error.message)
    const { code = '', path, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined || path === undefined) throw error
    return fail(
      EXIT.failed,
      `${path} cannot be used (${syscall}: ${code}). Is its folder there, writable and not full?`,
    )
  }
}

/** `12.3 MB`. */
export const sized = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
