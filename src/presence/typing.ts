import type { Id } from '../platform/ids.ts'
import type { Bus } from '../platform/realtime/bus.ts'

export interface Typist {
  chatId: Id<'chat'>
  userId: Id<'user'>
  username: string
}

/** Who is typing where. In memory only, forgotten after 5 s, first to go under pressure. */
export interface Typing {
  /** Whether telling it again is due: at most every 3 s for one person in one chat. */
  isDue(chatId: Id<'chat'>, userId: Id<'user'>): boolean
  begin(typist: Typist): void
  /** Nothing if they were not typing. */
  end(chatId: Id<'chat'>, userId: Id<'user'>): void
  stop(): void
}

interface Told extends Typist {
  at: number
}

const EVERY_MS = 3000
const EXPIRES_MS = 5000
/** More at once than people read: the rest is dropped. */
const MAX_TYPISTS = 2000

export function createTyping(bus: Pick<Bus, 'tellChat'>, expiresMs = EXPIRES_MS): Typing {
  const told = new Map<string, Told>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = ({ chatId, userId, username }: Typist, isTyping: boolean): void =>
    bus.tellChat(chatId, {
      type: 'user_typing',
      data: { chat_id: chatId, user_id: userId, username, is_typing: isTyping },
    })
  const end = (key: string): void => {
    const typist = told.get(key)
    if (typist === undefined) return
    told.delete(key)
    tell(typist, false)
  }
  const expire = (): void => {
    timer = undefined
    const now = performance.now()
    for (const [key, { at }] of told) if (now - at >= expiresMs) end(key)
    if (told.size > 0) timer = setTimeout(expire, expiresMs / 5)
  }
  return {
    isDue: (chatId, userId) => {
      const known = told.get(keyOf(chatId, userId))
      if (known === undefined) return told.size < MAX_TYPISTS
      return performance.now() - known.at >= EVERY_MS
    },
    begin: (typist) => {
      told.set(keyOf(typist.chatId, typist.userId), { ...typist, at: performance.now() })
      tell(typist, true)
      timer ??= setTimeout(expire, expiresMs / 5)
    },
    end: (chatId, userId) => end(keyOf(chatId, userId)),
    stop: () => clearTimeout(timer),
  }
}

const keyOf = (chatId: string, userId: string): string => `${chatId} ${userId}`
