import type { Id } from '../ids.ts'
import type { LiveChat } from './live.ts'
import { partsOf, settleMissing } from './newcomers.ts'
import type { ChatHead, Realtime } from './socket.ts'

/**
 * Looks at chats that somebody asked to be looked at, however long nothing moved in them: each once, however often it
 * was asked for. What it returns catches everything; what the database did not answer is looked at next time.
 */
export function createAskedLook(realtime: Realtime): () => Promise<void> {
  const { bus, deps, desk } = realtime
  const { chats } = bus.live
  let asked = new Set<Id<'chat'>>()
  bus.onLookAt((chatId) => void asked.add(chatId))
  /** Chats whose members were looked for since they are heard here: who joined later is in the log, and told by it. */
  const known = new WeakSet<LiveChat>()

  /** A direct chat never is: its other side is in it only from its first word on, which no membership says. */
  const isKnown = ({ id, member_count }: ChatHead): boolean => {
    const chat = chats.get(id)
    return chat !== undefined && member_count > 2 && known.has(chat)
  }

  /** Repeats are frequent, and mostly nothing is wrong: a chat that is known costs its head. */
  const compare = async (ids: readonly Id<'chat'>[]): Promise<void> => {
    for (const some of partsOf(ids)) {
      const heads = await deps.headsOf(some)
      for (const { id, rev } of heads) bus.noticeHead(id, rev)
      const unknown = heads.filter((head) => !isKnown(head))
      const heard = unknown.flatMap(({ id }) => chats.get(id) ?? [])
      await settleMissing(realtime, unknown)
      for (const chat of heard) known.add(chat)
    }
  }

  return async () => {
    const ids = [...asked]
    asked = new Set()
    try {
      await compare(ids)
    } catch (error) {
      for (const id of ids) asked.add(id)
      desk.app.log.warn({ err: error }, 'could not look at chats that were asked for again')
    }
  }
}
