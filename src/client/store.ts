import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Entry } from './outbox.ts'
import type { Connection } from './socket.ts'
import { type ChatState, newChatState } from './sync.ts'
import type { ChatWire, PresenceState } from './wire.ts'

/**
 * What this page knows. One per page, shared by its islands, alive across htmx swaps. On the server nobody
 * writes here: an island reads its props until it has been brought to life.
 */
export interface Typist {
  name: string
  until: number
}

export const meId = signal('')
export const chats = signal<ReadonlyMap<string, ChatState>>(new Map())
/** The chat on the screen. */
export const openChat = signal<string | null>(null)
export const connection = signal<Connection>({ state: 'connecting' })
export const waiting = signal<readonly Entry[]>([])
export const presence = signal<ReadonlyMap<string, PresenceState>>(new Map())
/** By chat, then by user. */
export const typists = signal<ReadonlyMap<string, ReadonlyMap<string, Typist>>>(new Map())
/** The message whose text is being edited in place. */
export const editing = signal<string | null>(null)
/** Drafts by chat: what was begun, and what it answers. */
export const drafts = signal<ReadonlyMap<string, Draft>>(new Map())

export interface Draft {
  text: string
  replyTo: string | null
}

const watched = new Map<string, ReadonlySignal<ChatState | undefined>>()

/** One chat, as a signal that speaks only when that chat changes. */
export function chatSignal(id: string): ReadonlySignal<ChatState | undefined> {
  const known = watched.get(id)
  if (known !== undefined) return known
  const made = computed(() => chats.value.get(id))
  watched.set(id, made)
  return made
}

export function putChatState(state: ChatState): void {
  if (chats.peek().get(state.chat.id) === state) return
  chats.value = new Map(chats.peek()).set(state.chat.id, state)
}

export function dropChat(id: string): void {
  if (!chats.peek().has(id)) return
  const left = new Map(chats.peek())
  left.delete(id)
  chats.value = left
}

/** A chat as a page or a frame showed it whole: taken when it was not known. */
export function meetChat(chat: ChatWire): ChatState {
  const known = chats.peek().get(chat.id)
  if (known !== undefined) return known
  const state = newChatState(chat)
  putChatState(state)
  return state
}
