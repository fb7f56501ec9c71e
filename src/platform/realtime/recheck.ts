import type { Id } from '../ids.ts'
import type { Socket } from './connection.ts'
import type { Realtime } from './socket.ts'

const OVER = 4401
const BATCH = 500
/** However news of a session's end was lost, and when it ended by its age: every socket is asked about so often. */
const ROUND_MS = 10 * 60_000

/** Whose sockets have to be looked at again, until the database has answered. */
export interface Rechecks {
  /** Checks the sockets of these users at once; tried again by `round` if the database does not answer. */
  check(userIds: readonly Id<'user'>[]): void
  /** What failed before, and a share of all sockets: called every `everyMs`. */
  round(everyMs: number): void
}

export function createRechecks(realtime: Realtime): Rechecks {
  const { live } = realtime.bus
  const failed = new Set<Id<'user'>>()
  let queue: Socket[] = []
  const check = (userIds: readonly Id<'user'>[]): void => {
    realtime.deps.forgetSessions(userIds)
    const now = performance.now()
    for (const userId of userIds) realtime.rechecked.set(userId, now)
    const here = userIds.filter((userId) => live.users.has(userId))
    void checkSockets(
      realtime,
      here.flatMap((userId) => live.users.get(userId)?.sockets ?? []),
    ).then((isDone) => {
      if (!isDone) for (const userId of here) failed.add(userId)
    })
  }
  return {
    check,
    round: (everyMs) => {
      const again = [...failed]
      failed.clear()
      check(again)
      forgetOld(realtime.rechecked)
      if (queue.length === 0) queue = [...realtime.sockets]
      const share = Math.ceil((realtime.sockets.size * everyMs) / ROUND_MS)
      void checkSockets(realtime, queue.splice(0, Math.min(share, BATCH)))
    },
  }
}

/** Closes those whose session is over; false if the database could not say. Catches everything. */
async function checkSockets(realtime: Realtime, sockets: readonly Socket[]): Promise<boolean> {
  if (sockets.length === 0) return true
  try {
    const ids = [...new Set(sockets.map((socket) => socket.data.session.id))]
    const alive = await realtime.deps.sessionsAlive(ids)
    for (const socket of sockets) if (!alive.has(socket.data.session.id)) socket.close(OVER, 'session over')
    return true
  } catch (error) {
    realtime.desk.app.log.warn({ err: error }, 'could not ask which sessions are alive')
    return false
  }
}

/** A handshake does not take longer. */
const HANDSHAKE_MS = 60_000

function forgetOld(rechecked: Map<Id<'user'>, number>): void {
  const before = performance.now() - HANDSHAKE_MS
  for (const [userId, at] of rechecked) if (at < before) rechecked.delete(userId)
}
