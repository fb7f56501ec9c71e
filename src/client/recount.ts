import { getJson } from './api.ts'
import { Refused } from './socket.ts'
import { chats, connection, putChatState } from './store.ts'
import { type ChatState, putOwn } from './sync.ts'
import type { ChatWire } from './wire.ts'

/** A page asks once in so long at most, in ms, however many messages are taken back. */
const PAUSE_MS = 1000
/** A message is taken back on many pages at one moment: each asks at its own. */
const SPREAD_MS = 2000

let isDue = false

/** Asks for what is unread in a chat where that is not sure, and in another such chat later. */
export function recount(waitMs = PAUSE_MS): void {
  if (isDue || !unsure()) return
  isDue = true
  setTimeout(askOne, waitMs + Math.random() * SPREAD_MS)
}

const unsure = (): ChatState | undefined => [...chats.peek().values()].find(({ isCountSure }) => !isCountSure)

async function askOne(): Promise<void> {
  const asked = unsure()
  let waitMs = PAUSE_MS
  try {
    if (asked !== undefined) take(asked, await getJson(`/api/chats/${asked.chat.id}`))
  } catch (error) {
    waitMs = Math.max(waitMs, error instanceof Refused ? (error.retryAfterMs ?? 0) : 0)
    if (asked !== undefined && isOver(error)) settle(asked.chat.id)
  }
  isDue = false
  recount(waitMs)
}

/** Counts belong to a rev: those of another one, or from before something was read here, are asked for again. */
function take(asked: ChatState, { chat }: { chat: ChatWire }): void {
  const now = chats.peek().get(chat.id)
  if (now === undefined || chat.rev !== now.rev || asked.chat.me !== now.chat.me) return
  if (chat.me) putChatState(putOwn(now, chat.me))
  else settle(chat.id)
}

/** Who may not ask need not ask again, and without a connection the next `hello` brings the counts. */
const isOver = (error: unknown): boolean =>
  connection.peek().state !== 'live' ||
  (error instanceof Refused && (error.code === 'not_found' || error.code === 'forbidden'))

function settle(chatId: string): void {
  const now = chats.peek().get(chatId)
  if (now !== undefined) putChatState({ ...now, isCountSure: true })
}
