import { signal } from '@preact/signals'
import { chats } from './store.ts'
import type { Hello } from './wire.ts'

/** The history that this browser knew last, over pages and sign-ins. */
const KEY = 'warren-epoch'

let epoch: string | undefined

/** How many messages of what this page knew are gone with a restore; null as long as there was none. */
export const gone = signal<number | null>(null)

/** Whether history was rewound since this page, or this browser before it, last heard of it. */
export function isRewound(hello: Hello): boolean {
  const known = epoch ?? recall(hello.epoch)
  epoch = hello.epoch
  if (known === undefined || known === epoch) return false
  recall(epoch)
  return true
}

/**
 * How many messages this page knew that are there no more, told when it is known. By how far each chat goes; where others
 * have written meanwhile that is too few, so of the chat that is `shown`, loaded anew by `load`, each message is looked for.
 */
export async function tellGone(hello: Hello, shown: string | null, load: () => Promise<void>): Promise<void> {
  const known = new Map(chats.peek())
  const kept = new Map(hello.chats.map(({ id, last_seq }) => [id, last_seq]))
  // A chat that is younger than the backup is gone as a whole.
  const lost = new Map(
    known.values().map(({ chat: { id, last_seq } }) => [id, Math.max(0, last_seq - (kept.get(id) ?? 0))]),
  )
  const before = known.get(shown ?? '')?.rows ?? new Map()
  await load()
  const now = chats.peek().get(shown ?? '')?.rows ?? new Map()
  const ids = new Set([...now.values()].map(({ id }) => id))
  const first = Math.min(...now.keys())
  const missed = [...before.values()].filter(
    ({ id, seq }) => !ids.has(id) && (now.size === 0 || seq >= first),
  )
  if (shown !== null) lost.set(shown, Math.max(lost.get(shown) ?? 0, missed.length))
  gone.value = lost.values().reduce((sum, count) => sum + count, 0)
}

/** What was kept before; from now on it is this. */
function recall(now: string): string | undefined {
  try {
    const kept = localStorage.getItem(KEY)
    localStorage.setItem(KEY, now)
    return kept ?? undefined
  } catch {
    return undefined // it keeps nothing: then it knows what this page knows
  }
}
