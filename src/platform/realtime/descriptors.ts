import { readdirSync, readFileSync } from 'node:fs'

/** How near this process is to the most files it may have open. At the limit `accept` spins a core for ever. */
export interface Descriptors {
  /** True from 90 % on. Looked up at most once a second, and only when many sockets are open. */
  isNearlyFull(openSockets: number): boolean
}

const FULL = 0.9

export function watchDescriptors(limit = readLimit()): Descriptors {
  let lookedAt = Number.NEGATIVE_INFINITY
  let others = 0
  return {
    isNearlyFull: (openSockets) => {
      if (openSockets < limit / 4 && limit > 1024) return false
      if (performance.now() - lookedAt > 1000) {
        lookedAt = performance.now()
        others = Math.max(0, countOpen() - openSockets)
      }
      return others + openSockets >= limit * FULL
    },
  }
}

/** Bun raises the soft limit to the hard one at start; other systems than Linux are taken to have none. */
function readLimit(): number {
  try {
    const line = readFileSync('/proc/self/limits', 'utf8').match(/^Max open files\s+(\d+)/m)
    return Number(line?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function countOpen(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
