import { callApi } from './api.ts'
import { ask } from './connection.ts'
import { keepRow } from './sending.ts'
import { chats, meId, putChatState } from './store.ts'
import { markOwnRead, putOwn } from './sync.ts'
import type { MessageWire, MeWire } from './wire.ts'

// What a person does to what was said. Each answers with the message, shown at once; its echo changes nothing more.
const keepAnswer = ({ message }: { message: MessageWire }): void => keepRow(message)

export const editMessage = async (id: string, content: string): Promise<void> =>
  keepAnswer(await ask({ type: 'edit_message', message_id: id, content }))

export const deleteMessage = async (id: string): Promise<void> =>
  keepAnswer(await ask({ type: 'delete_message', message_id: id }))

export const reactTo = async (id: string, emoji: string, on: boolean): Promise<void> =>
  keepAnswer(await ask({ type: 'react', message_id: id, emoji, on }))

export const pinMessage = async (id: string, on: boolean): Promise<void> =>
  keepAnswer(await callApi(on ? 'PUT' : 'DELETE', `/api/chats/messages/${id}/pin`))

/** Counts start there again, on all my devices, until the chat is read anew. */
export async function markUnread(chatId: string, seq: number): Promise<void> {
  const { me } = await callApi<{ me: MeWire }>('POST', `/api/chats/${chatId}/unread`, { seq })
  const state = chats.peek().get(chatId)
  if (state !== undefined) putChatState(putOwn(state, me))
}

interface Marked {
  last_read_seq: number
  unread: number
  mentions: number
}

/** I have read up to there. Shown at once; the node's counts follow. */
export async function markRead(chatId: string, seq: number): Promise<void> {
  const state = chats.peek().get(chatId)
  if (!state?.chat.me) return
  putChatState(markOwnRead(state, seq))
  const marked = await ask<Marked>({ type: 'message_read', chat_id: chatId, seq })
  const now = chats.peek().get(chatId)
  if (now?.chat.me) putChatState(putOwn(now, { ...now.chat.me, ...marked, unread_from: null }))
}

/** All that was said here is read. */
export async function markChatRead(chatId: string): Promise<void> {
  const chat = chats.peek().get(chatId)?.chat
  const isDone = chat?.me?.unread === 0 && chat.me.unread_from === null
  if (chat !== undefined && !isDone && chat.last_seq > 0) await markRead(chatId, chat.last_seq)
}

/** My last message in a chat that can still be edited. */
export function ownLast(chatId: string): MessageWire | undefined {
  const rows = [...(chats.peek().get(chatId)?.rows.values() ?? [])]
  const mine = rows.filter(
    (row) => row.sender_id === meId.peek() && row.kind === 'text' && row.deleted_at === null,
  )
  return mine.reduce<MessageWire | undefined>(
    (last, row) => (last && last.seq > row.seq ? last : row),
    undefined,
  )
}
