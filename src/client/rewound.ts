import { signal } from '@preact/signals'

/** The history that this browser knew last, over pages and sign-ins. */
const KEY = 'warren-epoch'

/** How many messages of what this page knew are gone with a restore; null as long as there was none. */
export const gone = signal<number | null>(null)

/** Whether history was rewound since this page, or this browser before it, last heard of it. */
export function isRewound(known: string | undefined, epoch: string): boolean {
  try {
    known ??= localStorage.getItem(KEY) ?? undefined
    localStorage.setItem(KEY, epoch)
  } catch {
    // it keeps nothing: then it knows what this page knows
  }
  return known !== undefined && known !== epoch
}
