import type { App } from '../platform/context.ts'
import type { Id } from '../platform/ids.ts'
import type { LocalBus } from '../platform/realtime/bus.ts'
import { type Presence, presenceOf } from './presence.ts'
import { recheckGuests } from './watch.ts'

/** Who is here, by this node's sockets. Nothing of it is stored. */
export interface Here {
  of(userId: Id<'user'>): Presence
  /** A socket of the user came, went or changed its state. Watchers are told within a second, of the last state. */
  changed(userId: Id<'user'>): void
  stop(): void
}

/** Whoever reloads a page goes and comes within this: nobody hears of it. */
const BATCH_MS = 1000

export function createHere(app: App, bus: Pick<LocalBus, 'live' | 'tellWatchers'>, batchMs = BATCH_MS): Here {
  const told = new Map<Id<'user'>, Presence>()
  const changed = new Set<Id<'user'>>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const of = (userId: Id<'user'>): Presence =>
    presenceOf(bus.live.users.get(userId)?.sockets.map((socket) => socket.data.state) ?? [])

  const tell = async (): Promise<void> => {
    timer = undefined
    const news = [...changed]
    changed.clear()
    await recheckGuests(app, bus.live, news)
    for (const userId of news) {
      const state = of(userId)
      if ((told.get(userId) ?? 'offline') === state) continue
      if (state === 'offline') told.delete(userId)
      else told.set(userId, state)
      bus.tellWatchers(userId, { type: 'presence', data: { user_id: userId, state } })
    }
  }
  return {
    of,
    changed: (userId) => {
      changed.add(userId)
      timer ??= setTimeout(() => void tell(), batchMs)
    },
    stop: () => clearTimeout(timer),
  }
}
