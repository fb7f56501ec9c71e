import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { markRead } from '../../src/client/index.ts'

/** Half of a message, for this long, in a page that has the focus: then it is read. */
const LONG_MS = 1000
const LOOK_MS = 250

interface Reading {
  chatId: string
  /** The mark as it stands, and the chat's end: between them something may be read. */
  readSeq: number
  lastSeq: number
  /** Nothing is read by looking: after "mark unread", and around a message one was sent to. */
  isPaused: boolean
}

/** Moves the read mark to the last message that was really seen. */
export function useReading(
  view: RefObject<HTMLElement | null>,
  { chatId, readSeq, lastSeq, isPaused }: Reading,
): void {
  useEffect(() => {
    if (isPaused || readSeq >= lastSeq) return
    const since = new Map<number, number>()
    const timer = setInterval(() => {
      const isLooking = document.visibilityState === 'visible' && document.hasFocus()
      const seen = isLooking && view.current !== null ? visibleAfter(view.current, readSeq) : []
      for (const seq of since.keys()) if (!seen.includes(seq)) since.delete(seq)
      for (const seq of seen) if (!since.has(seq)) since.set(seq, Date.now())
      const read = seen.filter((seq) => Date.now() - (since.get(seq) ?? Date.now()) >= LONG_MS)
      if (read.length > 0) void markRead(chatId, Math.max(...read)).catch(() => undefined) // told again with the next one
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [chatId, readSeq, lastSeq, isPaused])
}

/** Messages behind the mark of which half can be seen, or that fill half of the view. */
function visibleAfter(view: HTMLElement, after: number): number[] {
  const frame = view.getBoundingClientRect()
  const seen: number[] = []
  for (const element of [...view.querySelectorAll<HTMLElement>('[data-seq]')].reverse()) {
    const seq = Number(element.dataset.seq)
    if (seq <= after) break
    const { top, bottom, height } = element.getBoundingClientRect()
    if (bottom < frame.top) break
    const shown = Math.min(bottom, frame.bottom) - Math.max(top, frame.top)
    if (shown >= Math.min(height, frame.height) / 2) seen.push(seq)
  }
  return seen
}
