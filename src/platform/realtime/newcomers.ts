import type { Id } from '../ids.ts'
import { settleUser } from './settle.ts'
import type { ChatHead, Realtime } from './socket.ts'

/** Chats in one question. */
const A_QUESTION = 500
/** Users in one. */
const MOST_NAMED = 2000

/** Finds those here who are in one of these chats and do not hear it, and mends it. Rejects when the database does not answer. */
export async function settleMissing(realtime: Realtime, all: readonly ChatHead[]): Promise<void> {
  const { users } = realtime.bus.live
  for (const some of partsOf(all)) {
    const ids = some.map(({ id }) => id)
    for (const { chat_id, user_id } of await realtime.deps.membersOf(ids, whoOf(users, some))) {
      const user = users.get(user_id)
      const isMissing = user?.chats.every(({ id }) => id !== chat_id)
      if (isMissing && user?.sockets.length) await settleUser(realtime.settling, user_id)
    }
  }
}

/** Those who are here, where they are fewer than the members; null for all. */
function whoOf(
  here: ReadonlyMap<Id<'user'>, unknown>,
  chats: readonly ChatHead[],
): readonly Id<'user'>[] | null {
  const members = chats.reduce((sum, { member_count }) => sum + member_count, 0)
  return here.size < members && here.size <= MOST_NAMED ? [...here.keys()] : null
}

/** As many at a time as one question names. */
export function* partsOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += A_QUESTION) yield all.slice(from, from + A_QUESTION)
}
