import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Connection } from './connection.ts'
import type { Frames } from './frames.ts'
import { type Settling, settleUser } from './settle.ts'

/** A resume syncs right after its hello, which has settled the user. */
const FRESH_MS = 10_000

/**
 * A `sync` on a connection that has stood for a while says that its digest differed. Rows are in the answer; a read mark
 * that was committed and never told (its node died, or lost the answer of its COMMIT) has no rev that could show a gap:
 * it is read again, or the digest would differ for ten minutes, and its clients sync all the while.
 */
export function settleOnSync(frames: Frames, settling: Settling, log: Log, freshMs = FRESH_MS): Frames {
  const { sync } = frames
  if (sync === undefined) return frames
  const settledAt = new WeakMap<Connection, number>()
  const isFresh = ({ data }: { data: Connection }): boolean => {
    const now = performance.now()
    // Its hello settled the user when it was opened.
    const last = settledAt.get(data) ?? data.openedAt
    const isFreshYet = now - last < freshMs
    // Not moved by a sync that is passed over: however often one syncs, the marks are read in time.
    if (!isFreshYet) settledAt.set(data, now)
    return isFreshYet
  }
  return {
    ...frames,
    sync: {
      ...sync,
      run: async (app, session, input, socket) => {
        const answer = await sync.run(app, session, input, socket)
        if (!isFresh(socket)) await settleQuietly(settling, session.userId, log)
        return answer
      },
    },
  }
}

/** The answer is good without it. */
async function settleQuietly(settling: Settling, userId: Id<'user'>, log: Log): Promise<void> {
  try {
    await settleUser(settling, userId)
  } catch (error) {
    log.warn({ err: error }, 'could not read how far somebody has read who synced')
  }
}
