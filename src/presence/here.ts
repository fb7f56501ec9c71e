import type { App } from '../platform/context.ts'
import type { Id } from '../platform/ids.ts'
import type { LocalBus } from '../platform/realtime/bus.ts'
import type { PresenceState } from '../platform/realtime/connection.ts'
import { BEAT_MS, createElsewhere } from './elsewhere.ts'
import { type Presence, presenceOf } from './presence.ts'
import { recheckGuests } from './watch.ts'

/** Who is here, by the sockets of this node and the words of the others. Nothing of it is stored. */
export interface Here {
  of(userId: Id<'user'>): Presence
  /** A socket of the user came, went or changed its state. Watchers are told within a second, of the last state. */
  changed(userId: Id<'user'>): void
  stop(): void
}

export type PresenceBus = Pick<LocalBus, 'live' | 'tellWatchers' | 'tellNodes' | 'onNodes' | 'relay'>

/** Whoever reloads a page goes and comes within this: nobody hears of it. */
const BATCH_MS = 1000

export function createHere(app: App, bus: PresenceBus, node: string, batchMs = BATCH_MS): Here {
  const told = new Map<Id<'user'>, Presence>()
  const news = new Set<Id<'user'>>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const note = (userId: Id<'user'>): void => {
    news.add(userId)
    timer ??= setTimeout(() => void tell(), batchMs)
  }
  const elsewhere = createElsewhere({
    node,
    tell: bus.tellNodes,
    onHeard: bus.onNodes,
    isHeard: () => bus.relay.isHealthy,
    changed: note,
    now: () => performance.now(),
  })
  const own = (userId: Id<'user'>): PresenceState[] =>
    bus.live.users.get(userId)?.sockets.map((socket) => socket.data.state) ?? []
  const of = (userId: Id<'user'>): Presence => presenceOf([...own(userId), ...elsewhere.of(userId)])

  const tell = async (): Promise<void> => {
    timer = undefined
    const batch = [...news]
    news.clear()
    for (const userId of batch) elsewhere.say(userId, stateOf(own(userId)))
    await recheckGuests(app, bus.live, batch)
    for (const userId of batch) {
      const state = of(userId)
      if ((told.get(userId) ?? 'offline') === state) continue
      if (state === 'offline') told.delete(userId)
      else told.set(userId, state)
      bus.tellWatchers(userId, { type: 'presence', data: { user_id: userId, state } })
    }
  }
  // Who hears it knows at once what there is to ask for.
  bus.relay.onHealth((isHealthy) => isHealthy && elsewhere.beat())
  const beating = setInterval(elsewhere.beat, BEAT_MS)
  return {
    of,
    changed: note,
    stop: () => {
      clearTimeout(timer)
      clearInterval(beating)
      elsewhere.leave()
    },
  }
}

function stateOf(states: readonly PresenceState[]): PresenceState | null {
  const presence = presenceOf(states)
  return presence === 'offline' ? null : presence
}
