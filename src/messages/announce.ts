import type { App } from '../platform/context.ts'
import type { Id } from '../platform/ids.ts'
import type { MeWire } from '../chats/index.ts'
import type { MessageWire } from '../timeline/index.ts'

/** To everybody in the chat. The sender's own mark moved with it: no frame says so, the message itself does. */
export function announceMessage(app: App, senderId: Id<'user'>, message: MessageWire): void {
  const chatId = message.chat_id as Id<'chat'>
  app.bus.deliver(chatId, message.rev, { type: 'new_message', data: message })
  app.bus.noteMark(senderId, chatId, message.seq)
}

/**
 * Said before: whoever stored it may have told nobody, for its commit came late or its node died. The sender's mark
 * moved with it.
 */
export function announceRepeat(app: App, senderId: Id<'user'>, message: MessageWire): void {
  const chatId = message.chat_id as Id<'chat'>
  app.bus.lookAt(chatId)
  app.bus.noteMark(senderId, chatId, message.seq)
}

export type ChangeType = 'message_updated' | 'message_deleted'

export function announceChange(app: App, type: ChangeType, message: MessageWire): void {
  app.bus.deliver(message.chat_id as Id<'chat'>, message.rev, { type, data: message })
}

/** Own side of a chat, to own devices. */
export function announceMe(app: App, at: { userId: Id<'user'>; chatId: Id<'chat'> }, me: MeWire): void {
  app.bus.tellUser(at.userId, { type: 'me_updated', data: { chat_id: at.chatId, me } })
}

/** In a large chat nobody is told how far others have read. */
export const RECEIPTS_UP_TO = 100

export interface Receipt {
  chatId: Id<'chat'>
  userId: Id<'user'>
  seq: number
  memberCount: number
}

export function announceRead(app: App, { chatId, userId, seq, memberCount }: Receipt): void {
  const frame = { type: 'message_read', data: { chat_id: chatId, user_id: userId, seq } }
  if (memberCount <= RECEIPTS_UP_TO) app.bus.tellChat(chatId, frame)
  else app.bus.tellUser(userId, frame)
  app.bus.noteMark(userId, chatId, seq)
}
