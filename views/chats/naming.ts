import type { ChatWire } from '../../src/chats/index.ts'
import { nameOf } from '../Avatar.tsx'
import type { Ui } from '../Ui.ts'

/** What a chat is called: its name, else the people in it. */
export function chatName(ui: Pick<Ui, 't'>, chat: Pick<ChatWire, 'name' | 'faces'>): string {
  if (chat.name) return chat.name
  const names = (chat.faces ?? []).map(nameOf)
  return names.length > 0 ? names.join(', ') : ui.t.chat.justYou
}

/** The sign of a channel says who may come in. */
export const signOf = (chat: Pick<ChatWire, 'kind' | 'visibility'>): 'channel' | 'lock' | 'people' => {
  if (chat.kind === 'group') return 'people'
  return chat.visibility === 'public' ? 'channel' : 'lock'
}

export const kindName = (ui: Pick<Ui, 't'>, chat: Pick<ChatWire, 'kind' | 'visibility'>): string =>
  ui.t.about.kind[chat.kind === 'channel' ? chat.visibility : chat.kind]

export const isAdmin = (chat: Pick<ChatWire, 'me'>): boolean =>
  chat.me?.role === 'admin' || chat.me?.role === 'owner'
