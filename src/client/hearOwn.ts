import { chats, dropChat, meetChat, meId, putChatState } from './store.ts'
import { type ChatState, markOwnRead, markRead, putOwn } from './sync.ts'
import type { ServerFrame } from './wire.ts'

/** What concerns this person's list of chats and marks. */
export function hearOwn(frame: ServerFrame): void {
  switch (frame.type) {
    case 'chat_created':
      return void meetChat(frame.data.chat)
    case 'chat_removed':
      return dropChat(frame.data.chat_id)
    case 'me_updated':
      return changeChat(frame.data.chat_id, (state) => putOwn(state, frame.data.me))
    case 'message_read': {
      const { chat_id, user_id, seq } = frame.data
      const isMine = user_id === meId.peek()
      return changeChat(chat_id, (state) =>
        isMine ? markOwnRead(markRead(state, user_id, seq), seq) : markRead(state, user_id, seq),
      )
    }
  }
}

function changeChat(id: string, change: (state: ChatState) => ChatState): void {
  const state = chats.peek().get(id)
  if (state !== undefined) putChatState(change(state))
}
