import type { Id } from '../ids.ts'
import { partsOf, settleMissing } from './newcomers.ts'
import type { ChatHead, Moved, Realtime } from './socket.ts'

/** Compares what the database says of chats with what this node has told of them. */
export interface ChatLook {
  /** Chats that changed since then. */
  at(since: number): Promise<void>
  /** All that are heard here: after an outage the database may be another one, which lacks the last moments. */
  atAll(): Promise<void>
}

export function createChatLook(realtime: Realtime): ChatLook {
  const { bus, deps } = realtime
  const { chats } = bus.live
  /** Up to which rev the members of chats were looked at. */
  let looked = new Map<Id<'chat'>, number>()
  /** Heads that the database was below at the last look. A read may be older than what was told meanwhile, but not twice. */
  let above = new Map<Id<'chat'>, number>()

  const compare = (positions: readonly ChatHead[]): void => {
    const now = new Map<Id<'chat'>, number>()
    for (const { id, rev } of positions) {
      const head = chats.get(id)?.head
      if (head === undefined || rev >= head) bus.noticeHead(id, rev)
      else if (rev < (above.get(id) ?? 0)) bus.noticeLoss(id)
      else now.set(id, head)
    }
    above = now
  }

  /** Somebody here was added, or first written to, and nobody said so. */
  const findNewcomers = async (moved: readonly Moved[]): Promise<void> => {
    const mayHave = moved.filter(({ id, is_young }) => !chats.has(id) || is_young === 1)
    // Each rev anew: the other side of a direct chat is in it only from its first word on, which may come later.
    const news = mayHave.filter(({ id, rev }) => looked.get(id) !== rev)
    await settleMissing(realtime, news)
    // Only now: what the database did not answer is asked again by the next look.
    looked = new Map(mayHave.map(({ id, rev }) => [id, rev]))
  }

  return {
    at: async (since) => {
      const positions = await deps.changedChats(since)
      compare(positions)
      await findNewcomers(positions)
    },
    atAll: async () => {
      for (const ids of partsOf([...chats.keys()])) {
        const heads = new Map(ids.map((id) => [id, chats.get(id)?.head ?? 0]))
        for (const { id, rev } of await deps.headsOf(ids)) {
          if (rev < (heads.get(id) ?? 0)) bus.noticeLoss(id)
          else bus.noticeHead(id, rev)
        }
      }
    },
  }
}
