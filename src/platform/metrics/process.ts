import { readFileSync } from 'node:fs'
import { readdir, statfs } from 'node:fs/promises'
import type { ProcessFacts } from './facts.ts'

const startedAt = Date.now() / 1000 - process.uptime()
let maxFiles: number | null | undefined

/** What the system says of this process; other systems than Linux tell less. */
export async function lookAtProcess(): Promise<ProcessFacts> {
  const { user, system } = process.cpuUsage()
  maxFiles ??= readMaxFiles()
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    openFiles: await readdir('/proc/self/fd').then(
      (files) => files.length,
      () => null,
    ),
    maxFiles,
    startedAt,
  }
}

function readMaxFiles(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}

/** Of the file system that holds the folder. */
export async function lookAtDisk(folder: string): Promise<{ free: number; size: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { free: bavail * bsize, size: blocks * bsize }
  } catch {
    return null
  }
}
