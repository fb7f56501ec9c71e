import { signal } from '@preact/signals'
import { chats } from './store.ts'
import type { Hello } from './wire.ts'

/** The history that this browser knew last, over pages and sign-ins. */
const KEY = 'warren-epoch'

let epoch: string | undefined

/** How many messages of what this page knew are gone with a restore; null as long as there was none. */
export const gone = signal<number | null>(null)

/** Whether history was rewound since this page, or this browser before it, last heard of it: then what is gone is told. */
export function isRewound(hello: Hello): boolean {
  const known = epoch ?? recall(hello.epoch)
  epoch = hello.epoch
  if (known === undefined || known === epoch) return false
  recall(epoch)
  gone.value = hello.chats.reduce(
    (sum, { id, last_seq }) => sum + Math.max(0, (chats.peek().get(id)?.chat.last_seq ?? 0) - last_seq),
    0,
  )
  return true
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
