import { chats, dropChat, meetChat, meId, putChatState } from './store.ts'
import { type ChatState, markOwnRead, markRead, putOwn } from './sync.ts'
import type { MeWire, ServerFrame } from './wire.ts'

/** What concerns this person's list of chats and marks. */
export function hearOwn(frame: ServerFrame): void {
  switch (frame.type) {
    case 'chat_created':
      return void meetChat(frame.data.chat)
    case 'chat_removed':
      return dropRemoved(frame.data.chat_id, frame.data.rev)
    case 'me_updated':
      return changeChat(frame.data.chat_id, (state) => putLater(state, frame.data.me))
    case 'message_read': {
      const { chat_id, user_id, seq } = frame.data
      const isMine = user_id === meId.peek()
      return changeChat(chat_id, (state) =>
        isMine ? markOwnRead(markRead(state, user_id, seq), seq) : markRead(state, user_id, seq),
      )
    }
  }
}

/** Of whoever was added again since, a node that slept says it too late. */
function dropRemoved(id: string, rev = Number.POSITIVE_INFINITY): void {
  const known = chats.peek().get(id)
  if (!known?.chat.me || known.rev <= rev) dropChat(id)
}

/** A read mark never moves back: one that does is older than what is known. */
const putLater = (state: ChatState, me: MeWire): ChatState =>
  me.last_read_seq < (state.chat.me?.last_read_seq ?? 0) ? state : putOwn(state, me)

function changeChat(id: string, change: (state: ChatState) => ChatState): void {
  const state = chats.peek().get(id)
  if (state !== undefined) putChatState(change(state))
}
