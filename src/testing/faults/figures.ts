import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory of a process, in MB. */
export function memoryOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1024
}

/** How many files and sockets a process has open. */
export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const BOUNDS_MS = [50, 100, 200, 400, 800, 1600, 3000, 30_000]

/** How many fall under each bound: `≤ 50 ms: 3 · ≤ 100 ms: 17`. */
export function histogram(values: readonly number[]): string {
  let from = -Infinity
  return BOUNDS_MS.flatMap((bound) => {
    const count = values.filter((ms) => ms > from && ms <= bound).length
    from = bound
    return count === 0 ? [] : [`≤ ${bound} ms: ${count}`]
  }).join(' · ')
}
