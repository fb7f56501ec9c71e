import { effect } from '@preact/signals'
import { type ChatWire, chats, notify, openChat } from '../../src/client/index.ts'

/** What the next page of this tab says first. */
const KEY = 'warren-told'

/**
 * Nothing may be seen any more of a chat that one is in no longer: one is taken to the first page, which says what
 * happened in the words of `tellOf`.
 */
export function leaveLostChat(tellOf: (chat: ChatWire) => string): () => void {
  let shown: ChatWire | undefined
  return effect(() => {
    const id = openChat.value
    const known = id === null ? undefined : chats.value.get(id)?.chat
    const lost = known === undefined && shown?.id === id ? shown : undefined
    shown = known
    if (lost === undefined) return
    keepTold(tellOf(lost))
    location.assign('/')
  })
}

function keepTold(text: string): void {
  try {
    sessionStorage.setItem(KEY, text)
  } catch {
    // This browser keeps nothing: the page will have to speak for itself.
  }
}

/** Says what the page before has left to be said. */
export function sayTold(): void {
  try {
    const text = sessionStorage.getItem(KEY)
    sessionStorage.removeItem(KEY)
    if (text !== null) notify(text)
  } catch {
    // This browser keeps nothing.
  }
}
