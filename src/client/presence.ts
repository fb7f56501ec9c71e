import { ask, tell } from './connection.ts'
import { chats, meId, presence, typists } from './store.ts'
import type { PresenceState } from './wire.ts'

/** A word that somebody types holds this long. */
const TYPING_MS = 5000
const TELL_EVERY_MS = 3000
const WATCHED = 200

let told = 0
const inView = new Set<string>()
let asked = false

/** Says that I type here, at most every 3 s. */
export function tellTyping(chatId: string): void {
  if (Date.now() - told < TELL_EVERY_MS) return
  told = Date.now()
  tell({ type: 'typing', chat_id: chatId, is_typing: true })
}

export function tellTypingOver(chatId: string): void {
  if (told === 0) return
  told = 0
  tell({ type: 'typing', chat_id: chatId, is_typing: false })
}

interface TypingFrame {
  chat_id: string
  user_id: string
  username: string
  is_typing: boolean
}

export function hearTyping({ chat_id, user_id, username, is_typing }: TypingFrame): void {
  if (user_id === meId.peek()) return
  const name = chats.peek().get(chat_id)?.members.get(user_id)?.user.full_name || username
  setTypist(chat_id, user_id, is_typing ? { name, until: Date.now() + TYPING_MS } : null)
  if (is_typing) setTimeout(() => expire(chat_id, user_id), TYPING_MS + 50)
}

/** Who sent has done typing. */
export const stopTyping = (chatId: string, userId: string): void => setTypist(chatId, userId, null)

function expire(chatId: string, userId: string): void {
  const typist = typists.peek().get(chatId)?.get(userId)
  if (typist !== undefined && typist.until <= Date.now()) setTypist(chatId, userId, null)
}

function setTypist(chatId: string, userId: string, typist: { name: string; until: number } | null): void {
  const here = new Map(typists.peek().get(chatId))
  if (typist === null && !here.has(userId)) return
  if (typist === null) here.delete(userId)
  else here.set(userId, typist)
  typists.value = new Map(typists.peek()).set(chatId, here)
}

export function hearPresence({ user_id, state }: { user_id: string; state: PresenceState }): void {
  if (presence.peek().get(user_id) !== state) presence.value = new Map(presence.peek()).set(user_id, state)
}

/** People on the screen: their presence is asked for, once together. */
export function watchPeople(userIds: Iterable<string>): void {
  const before = inView.size
  for (const id of userIds) if (inView.size < WATCHED) inView.add(id)
  if (inView.size === before || asked) return
  asked = true
  queueMicrotask(() => void askPresence())
}

/** Also after each reconnect: a new connection watches nobody. */
export async function askPresence(): Promise<void> {
  asked = false
  if (inView.size === 0) return
  try {
    const { data } = await ask<{ data: { user_id: string; state: PresenceState }[] }>({
      type: 'watch_presence',
      user_ids: [...inView],
    })
    presence.value = new Map([
      ...presence.peek(),
      ...data.map(({ user_id, state }) => [user_id, state] as const),
    ])
  } catch {
    // no connection: the next `hello` asks again
  }
}
