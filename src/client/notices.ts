import { signal } from '@preact/signals'

/** A line at the foot of the page that goes by itself. */
export interface Notice {
  id: number
  text: string
  isError: boolean
}

/** How long a notice stays, and how long an announcement may wait to be read. */
const STAYS_MS = 6000
/** News that come together are read together. */
const TOGETHER_MS = 700
const EACH_AT_MOST = 3

export const notices = signal<readonly Notice[]>([])
/** What screen readers are told: when there is a pause, and at once. */
export const polite = signal('')
export const assertive = signal('')

let count = 0

/** With `stays` it is there until it is closed. */
export function notify(text: string, isError = false, stays = false): void {
  count += 1
  const notice = { id: count, text, isError }
  notices.value = [...notices.peek().filter((one) => one.text !== text), notice]
  if (!stays) setTimeout(() => dismiss(notice.id), STAYS_MS)
}

export function dismiss(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id)
}

let heard: string[] = []

/** Reads a message of the open chat to those who listen. Many at once become one number. */
export function announce(text: string, summary: (count: number) => string): void {
  heard.push(text)
  if (heard.length > 1) return
  setTimeout(() => {
    polite.value = heard.length > EACH_AT_MOST ? summary(heard.length) : heard.join('. ')
    heard = []
    setTimeout(() => {
      polite.value = ''
    }, STAYS_MS)
  }, TOGETHER_MS)
}

/** What went wrong is read at once. */
export function announceNow(text: string): void {
  assertive.value = text
  setTimeout(() => {
    assertive.value = ''
  }, STAYS_MS)
}
