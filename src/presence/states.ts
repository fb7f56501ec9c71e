import type { Id } from '../platform/ids.ts'
import type { PresenceState } from '../platform/realtime/connection.ts'

/** Who is at one node. */
export type States = Map<Id<'user'>, PresenceState>

/** One word that two nodes compare: equal when both know the same, in whatever order they learnt it. */
export function digestOf(states: States): string {
  let sum = 0
  for (const [userId, state] of states) sum = (sum + Bun.hash.crc32(`${userId}${state}`)) >>> 0
  return `${states.size}-${sum.toString(36)}`
}

/** One word without a space. */
export const writeWhole = (states: States): string =>
  [...states].map(([userId, state]) => `${userId}:${state}`).join(',')

export function readWhole(text: string): States {
  const pairs = text === '' ? [] : text.split(',').map((pair) => pair.split(':'))
  return new Map(pairs.map(([userId, state]) => [userId as Id<'user'>, state as PresenceState]))
}
