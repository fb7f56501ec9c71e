import type { App } from '../platform/context.ts'
import type { Id } from '../platform/ids.ts'
import type { ServerFrame } from '../platform/realtime/bus.ts'
import type { MessageWire } from '../timeline/index.ts'
import type { ChatWire, MemberWire } from './wire.ts'

/** A durable event of one chat: its frame and the rev it took. */
export interface News {
  rev: number
  frame: ServerFrame
}

/** What a write brought about, gathered inside it and told after its commit. */
export interface Told<T> {
  result: T
  news: News[]
  /** To single people, before the chat hears of anything. */
  personal: { userId: Id<'user'>; frame: ServerFrame }[]
}

export const nothingNew = <T>(result: T): Told<T> => ({ result, news: [], personal: [] })

/** Personal frames first: a new member knows the chat before its first event arrives. */
export function announce(app: App, chatId: Id<'chat'>, { news, personal }: Told<unknown>): void {
  // Asked for again: the first time may have been told to nobody.
  if (news.length === 0 && personal.length === 0) app.bus.lookAt(chatId)
  for (const { userId, frame } of personal) app.bus.tellUser(userId, frame)
  for (const { rev, frame } of news) app.bus.deliver(chatId, rev, frame)
}

export const newMessage = (message: MessageWire): News => ({
  rev: message.rev,
  frame: { type: 'new_message', data: message },
})

type MemberEvent = 'member_joined' | 'member_left' | 'member_updated'

export const memberNews = (type: MemberEvent, member: MemberWire, actorId: Id<'user'>): News => ({
  rev: member.rev,
  frame: { type, data: { chat_id: member.chat_id, rev: member.rev, member, actor_id: actorId } },
})

/** Of whom it names the bus learns how far they have read, for no frame of theirs moved the mark. */
export const joinedNews = (member: MemberWire, actorId: Id<'user'>, mark: number): News => {
  const { rev, frame } = memberNews('member_joined', member, actorId)
  return { rev, frame: { ...frame, mark } }
}

export const chatUpdated = (chat: ChatWire): News => ({
  rev: chat.rev,
  frame: { type: 'chat_updated', data: { chat_id: chat.id, rev: chat.rev, chat } },
})

export const chatCreated = (chat: ChatWire): ServerFrame => ({ type: 'chat_created', data: { chat } })

/** `rev` is that of the membership that ended; a chat that was deleted is gone whatever one knows of it. */
export const chatRemoved = (chatId: Id<'chat'>, rev?: number): ServerFrame => ({
  type: 'chat_removed',
  data: rev === undefined ? { chat_id: chatId } : { chat_id: chatId, rev },
})
