import { type Draft, drafts } from './store.ts'

// Drafts stay on this device, one key per person and chat, so that two tabs do not overwrite each other's.
const keyOf = (userId: string, chatId: string): string => `warren-draft-${userId}-${chatId}`

const EMPTY: Draft = { text: '', replyTo: null }

/** Reads what was begun on this device. */
export function loadDrafts(userId: string): void {
  const prefix = keyOf(userId, '')
  const found = new Map<string, Draft>()
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(prefix)) found.set(key.slice(prefix.length), read(localStorage.getItem(key)))
  } catch {
    // storage is forbidden here: drafts live as long as the page
  }
  drafts.value = found
}

function read(kept: string | null): Draft {
  try {
    const { text, replyTo } = JSON.parse(kept ?? '')
    return { text: String(text ?? ''), replyTo: typeof replyTo === 'string' ? replyTo : null }
  } catch {
    return EMPTY
  }
}

export const draftOf = (chatId: string): Draft => drafts.peek().get(chatId) ?? EMPTY

/** Keeps what was begun. Nothing begun, nothing kept. */
export function keepDraft(userId: string, chatId: string, change: Partial<Draft>): void {
  const draft = { ...draftOf(chatId), ...change }
  const isEmpty = draft.text.trim() === '' && draft.replyTo === null
  const next = new Map(drafts.peek())
  if (isEmpty) next.delete(chatId)
  else next.set(chatId, draft)
  drafts.value = next
  try {
    if (isEmpty) localStorage.removeItem(keyOf(userId, chatId))
    else localStorage.setItem(keyOf(userId, chatId), JSON.stringify(draft))
  } catch {
    // full or forbidden: it is kept in the page
  }
}
