import type { ChatWire, SenderWire } from '../../src/client/wire.ts'

export const nameOf = (person: SenderWire | null): string => person?.full_name || person?.username || ''

/** A chat's own name, or those of the others in it. */
export const titleOf = (chat: ChatWire): string => chat.name ?? (chat.faces ?? []).map(nameOf).join(', ')

/** As it is spoken of: `#general`, `Ann Lee`. */
export const spokenTitleOf = (chat: ChatWire): string =>
  chat.kind === 'channel' ? `#${titleOf(chat)}` : titleOf(chat)

export const iconOf = (chat: ChatWire): string => {
  if (chat.kind === 'group') return 'people'
  return chat.visibility === 'private' ? 'lock' : 'channel'
}
