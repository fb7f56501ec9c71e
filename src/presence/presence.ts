import type { PresenceState } from '../platform/realtime/connection.ts'

/** What others see of a person: the most present of their devices, unless one asks not to be disturbed. */
export type Presence = PresenceState | 'offline'

export function presenceOf(states: readonly PresenceState[]): Presence {
  if (states.length === 0) return 'offline'
  if (states.includes('dnd')) return 'dnd'
  return states.includes('online') ? 'online' : 'away'
}
