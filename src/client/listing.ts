import type { ChatState } from './sync.ts'
import type { ChatWire } from './wire.ts'

const lastAt = (chat: ChatWire): string => chat.last_message?.created_at ?? chat.created_at

/** One list of the sidebar: channels and groups by name, people by who spoke last. */
export function listOf(
  chats: readonly ChatWire[],
  kind: ChatWire['kind'],
  name: (chat: ChatWire) => string,
): ChatWire[] {
  const live = chats.filter((chat) => chat.kind === kind && chat.archived_at === null)
  if (kind === 'direct') return live.sort((a, b) => (lastAt(a) < lastAt(b) ? 1 : -1))
  return live.sort(
    (a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }) || (a.id < b.id ? -1 : 1),
  )
}

/** What stands as a number: mentions, and every message of a direct chat. */
export const numberOf = ({ kind, me }: ChatWire): number =>
  kind === 'direct' ? (me?.unread ?? 0) : (me?.mentions ?? 0)

export const isUnread = ({ me }: ChatWire): boolean =>
  (me?.unread ?? 0) > 0 || (me?.unread_from ?? null) !== null

/** The number of the whole team, for the title. */
export function totalOf(chats: ReadonlyMap<string, ChatState>): number {
  let total = 0
  for (const { chat } of chats.values()) total += numberOf(chat)
  return total
}
