import { batch } from '@preact/signals'
import { askChanges, putPage, trim } from './catchUp.ts'
import { chats, meetChat, meId, openChat, putChatState } from './store.ts'
import { putMember } from './sync.ts'
import type { ChatWire, HistoryPage, MemberWire } from './wire.ts'

/** What is kept in memory of a chat that was left. */
const KEPT_ROWS = 200

/** A page shows a chat: what the server drew with it is taken into the store. */
export function showChat(me: string, chat: ChatWire, page: HistoryPage, members: MemberWire[]): void {
  batch(() => {
    meId.value = me
    openChat.value = chat.id
    const state = members.reduce((now, member) => putMember(now, member, me), meetChat(chat))
    putChatState(state)
    putPage(chat.id, page)
  })
  // Only a catch-up carries the others' marks: in a direct chat they say what was read.
  if (chat.kind === 'direct') void askChanges(chat.id)
}

export function hideChat(id: string): void {
  if (openChat.peek() === id) openChat.value = null
  const state = chats.peek().get(id)
  if (state !== undefined) putChatState(trim(state, KEPT_ROWS))
}
