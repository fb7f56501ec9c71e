import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { ChatWire, MessageWire, SenderWire } from '../../src/client/wire.ts'

/** What can be done to a message, by its letter on the keyboard where it has one. */
export interface Acts {
  chat: ChatWire
  reply(row: MessageWire): void
  react(row: MessageWire, emoji: string): void
  /** Opens the emoji at the element that asked for them. */
  pickEmoji(row: MessageWire, at: Element | { x: number; y: number }): void
  openMenu(row: MessageWire, at: Element | { x: number; y: number }): void
  edit(row: MessageWire): void
  endEdit(row: MessageWire): void
  pin(row: MessageWire): void
  copyText(row: MessageWire): void
  copyLink(row: MessageWire): void
  markUnread(row: MessageWire): void
  remove(row: MessageWire): void
  jumpTo(messageId: string): void
  /** A person by id, as far as this page knows them. */
  person(id: string): SenderWire | null
}

const ActsContext = createContext<Acts | null>(null)
export const ActsProvider = ActsContext.Provider

export function useActs(): Acts {
  const acts = useContext(ActsContext)
  if (acts === null) throw new Error('a message stands outside of its timeline')
  return acts
}

const isChatAdmin = ({ me }: ChatWire): boolean => me?.role === 'admin' || me?.role === 'owner'

const isOpen = (chat: ChatWire, row: MessageWire): boolean =>
  chat.archived_at === null && row.deleted_at === null && row.kind !== 'system'

/** The roles of the protocol, so that nothing is offered that would be refused. */
export const may = {
  reply: isOpen,
  react: isOpen,
  edit: (chat: ChatWire, row: MessageWire, me: string): boolean =>
    isOpen(chat, row) && row.sender_id === me && row.kind === 'text',
  remove: (chat: ChatWire, row: MessageWire, me: string): boolean =>
    isOpen(chat, row) && (row.sender_id === me || isChatAdmin(chat)),
  pin: (chat: ChatWire, row: MessageWire): boolean =>
    isOpen(chat, row) && (chat.kind !== 'channel' || isChatAdmin(chat)),
}

/** `/chats/…?message=…` opens what surrounds a message. */
export const messageUrl = (row: Pick<MessageWire, 'chat_id' | 'id'>): string =>
  `/chats/${row.chat_id}?message=${row.id}`
