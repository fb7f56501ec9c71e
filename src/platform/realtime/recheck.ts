import type { Id } from '../ids.ts'
import type { Socket } from './connection.ts'
import type { AuthzChange, Realtime } from './socket.ts'

const OVER = 4401
const BATCH = 500
/** However news of a session's end was lost, and when it ended by its age: every socket is asked about so often. */
const ROUND_MS = 10 * 60_000

/** Whose sockets have to be looked at again, until the database has answered. */
export interface Rechecks {
  /** Checks the sockets of these users at once; tried again by `round` if the database does not answer. */
  check(userIds: readonly Id<'user'>[]): void
  /** The same for those of whom the sweep brings something new: it brings each change again for 15 s. */
  checkChanged(changes: readonly AuthzChange[]): void
  /** What failed before, and a share of all sockets: called every `everyMs`. */
  round(everyMs: number): void
}

export function createRechecks(realtime: Realtime): Rechecks {
  const { live } = realtime.bus
  let queue: Socket[] = []
  let actedOn = new Map<Id<'user'>, number>()
  const check = (userIds: readonly Id<'user'>[]): void => {
    realtime.deps.forgetSessions(userIds)
    const now = performance.now()
    for (const userId of userIds) realtime.rechecked.set(userId, now)
    const sockets = userIds.flatMap((userId) => live.users.get(userId)?.sockets ?? [])
    void checkSockets(realtime, sockets) // catches everything
  }
  return {
    check,
    checkChanged: (changes) => {
      const news = changes.filter(({ id, changed_at }) => actedOn.get(id) !== changed_at)
      actedOn = new Map(changes.map(({ id, changed_at }) => [id, changed_at]))
      check(news.map(({ id }) => id))
    },
    round: (everyMs) => {
      const again = [...realtime.unsure]
      realtime.unsure.clear()
      forgetOld(realtime.rechecked)
      if (queue.length === 0) queue = [...realtime.sockets]
      const share = Math.ceil((realtime.sockets.size * everyMs) / ROUND_MS)
      void checkSockets(realtime, [...again, ...queue.splice(0, Math.min(share, BATCH))]) // catches everything
    },
  }
}

/** Closes those whose session is over. Catches everything: what the database did not answer is asked by the next round. */
export async function checkSockets(realtime: Realtime, sockets: readonly Socket[]): Promise<void> {
  for (let from = 0; from < sockets.length; from += BATCH) {
    const some = sockets.slice(from, from + BATCH)
    try {
      const alive = await realtime.deps.sessionsAlive([...new Set(some.map(({ data }) => data.session.id))])
      const over = some.filter(({ data }) => !alive.has(data.session.id))
      // Whoever's end we did not hear of, requests of theirs are answered too.
      realtime.deps.forgetSessions(over.map(({ data }) => data.session.userId))
      for (const socket of over) socket.close(OVER, 'session over')
    } catch (error) {
      for (const socket of some) if (realtime.sockets.has(socket)) realtime.unsure.add(socket)
      realtime.desk.app.log.warn({ err: error }, 'could not ask which sessions are alive')
    }
  }
}

/** A handshake does not take longer. */
const HANDSHAKE_MS = 60_000

function forgetOld(rechecked: Map<Id<'user'>, number>): void {
  const before = performance.now() - HANDSHAKE_MS
  for (const [userId, at] of rechecked) if (at < before) rechecked.delete(userId)
}
