import type { HistoryPage } from './wire.ts'

/**
 * The stretch of a chat that is known without a hole: everything from `from` to `to`. 0 means from the
 * beginning, Infinity to the end, so that what comes next belongs to it.
 */
export interface Window {
  from: number
  to: number
}

/** What was asked for: an exclusive bound, or nothing for the newest. */
export interface Bounds {
  before?: number
  after?: number
}

export const isAtEnd = (window: Window): boolean => window.to === Number.POSITIVE_INFINITY

export const isAtBeginning = (window: Window): boolean => window.from === 0

/** A page vouches for all between its first and last message, up to the bound it was asked with. */
export function windowOf({ data, page }: HistoryPage, bounds: Bounds = {}): Window {
  const first = data[0]?.seq ?? bounds.before ?? (bounds.after ?? 0) + 1
  const last = data.at(-1)?.seq ?? bounds.after ?? (bounds.before ?? 1) - 1
  const from = bounds.after === undefined ? first : Math.min(first, bounds.after + 1)
  const to = bounds.before === undefined ? last : Math.max(last, bounds.before - 1)
  return {
    from: page.before === null ? 0 : from,
    to: page.after === null ? Number.POSITIVE_INFINITY : to,
  }
}

/** Two stretches become one only where they touch; else the newer one is shown, and the other is left (C10). */
export function join(mine: Window | null, page: Window): Window {
  if (mine === null || page.from > mine.to + 1 || mine.from > page.to + 1) return page
  return { from: Math.min(mine.from, page.from), to: Math.max(mine.to, page.to) }
}
