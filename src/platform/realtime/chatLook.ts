import type { Id } from '../ids.ts'
import { settleUser } from './settle.ts'
import type { Moved, Realtime } from './socket.ts'

type Position = { id: Id<'chat'>; rev: number }

const A_QUESTION = 500

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
  /** Chats that somebody asked to be looked at, however long nothing moved in them. */
  let asked = new Set<Id<'chat'>>()
  bus.onLookAt((chatId) => void asked.add(chatId))

  const compare = (positions: readonly Position[]): void => {
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
    await settleMissing(news.map(({ id }) => id))
    // Only now: what the database did not answer is asked again by the next look.
    looked = new Map(mayHave.map(({ id, rev }) => [id, rev]))
  }

  const settleMissing = async (all: readonly Id<'chat'>[]): Promise<void> => {
    for (let from = 0; from < all.length; from += A_QUESTION) {
      for (const { chat_id, user_id } of await deps.membersOf(all.slice(from, from + A_QUESTION))) {
        const user = bus.live.users.get(user_id)
        const isMissing = user?.chats.every(({ id }) => id !== chat_id)
        if (isMissing && user?.sockets.length) await settleUser(realtime.settling, user_id)
      }
    }
  }

  const lookAtAsked = async (ids: readonly Id<'chat'>[]): Promise<void> => {
    for (let from = 0; from < ids.length; from += A_QUESTION) {
      for (const { id, rev } of await deps.headsOf(ids.slice(from, from + A_QUESTION)))
        bus.noticeHead(id, rev)
    }
    await settleMissing(ids)
  }

  return {
    at: async (since) => {
      const positions = await deps.changedChats(since)
      compare(positions)
      await findNewcomers(positions)
      const ids = [...asked]
      asked = new Set()
      try {
        await lookAtAsked(ids)
      } catch (error) {
        for (const id of ids) asked.add(id)
        throw error
      }
    },
    atAll: async () => {
      for (const ids = [...chats.keys()]; ids.length > 0; ) {
        const asked = ids.splice(0, A_QUESTION)
        const heads = new Map(asked.map((id) => [id, chats.get(id)?.head ?? 0]))
        for (const { id, rev } of await deps.headsOf(asked)) {
          if (rev < (heads.get(id) ?? 0)) bus.noticeLoss(id)
          else bus.noticeHead(id, rev)
        }
      }
    },
  }
}
