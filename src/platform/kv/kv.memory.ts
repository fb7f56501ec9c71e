import type { Clock } from '../clock.ts'
import type { Kv } from './kv.ts'

interface Entry {
  value: string
  expiresAt: number
}

/** Facts of one node, in its memory. Over `maxEntries` the oldest go: what is kept here may be lost at any time. */
export function createMemoryKv(clock: Clock, maxEntries = 100_000): Kv {
  const entries = new Map<string, Entry>()

  const live = (key: string): string | null => {
    const entry = entries.get(key)
    if (!entry) return null
    if (entry.expiresAt > clock.now()) return entry.value
    entries.delete(key)
    return null
  }

  return {
    async set(key, value, ttlMs) {
      entries.delete(key)
      makeRoom(entries, maxEntries, clock.now())
      entries.set(key, { value, expiresAt: clock.now() + ttlMs })
    },
    get: async (key) => live(key),
    async take(key) {
      const value = live(key)
      entries.delete(key)
      return value
    },
    async delete(key) {
      entries.delete(key)
    },
  }
}

/** Two looks at the oldest for each new one: what has expired goes faster than it comes, without a timer. */
function makeRoom(entries: Map<string, Entry>, maxEntries: number, now: number): void {
  let looks = 2
  for (const [key, { expiresAt }] of entries) {
    if (expiresAt <= now || entries.size >= maxEntries) entries.delete(key)
    if (--looks === 0) return
  }
}
