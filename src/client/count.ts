import type { ChatWire, MessageWire } from './wire.ts'

/** Counts end here, as the server's do. */
const MOST = 100

/** Where counting starts: at "mark unread", else behind the read mark. */
const countsFrom = ({ me }: ChatWire): number => me?.unread_from ?? (me?.last_read_seq ?? 0) + 1

const counts = (chat: ChatWire, row: MessageWire, me: string): boolean =>
  row.sender_id !== me && row.kind !== 'system' && row.deleted_at === null && row.seq >= countsFrom(chat)

const names = (row: MessageWire, me: string): boolean =>
  row.mentions.some((target) => target === me || target === 'channel' || target === 'here')

/** A message more: somebody else's is unread, one's own moves one's own mark. */
export function countNew(chat: ChatWire, row: MessageWire, me: string): ChatWire {
  if (!chat.me) return chat
  if (row.sender_id === me && row.kind !== 'system') return readUpTo(chat, row.seq)
  if (!counts(chat, row, me)) return chat
  return withCounts(chat, 1, names(row, me) ? 1 : 0)
}

/**
 * A message that was taken back, or names others now, no longer counts as it did. Null when that can't be told here: what
 * it said before is not known, or more counts than is counted.
 */
export function countChanged(
  chat: ChatWire,
  row: MessageWire,
  known: MessageWire | undefined,
  me: string,
): ChatWire | null {
  if (!chat.me || !counts(chat, { ...row, deleted_at: null }, me)) return chat
  const { unread, mentions } = chat.me
  const isGone = row.deleted_at !== null
  if (known === undefined || known.rev >= row.rev) {
    const isSame = !isGone && (row.edited_at === null || (mentions === 0 && !names(row, me)))
    return isSame ? chat : null
  }
  if (known.deleted_at !== null) return chat
  const named = Number(!isGone && names(row, me)) - Number(names(known, me))
  if ((isGone && unread === MOST) || (named < 0 && mentions === MOST)) return null
  return withCounts(chat, isGone ? -1 : 0, named)
}

function withCounts(chat: ChatWire, unread: number, mentions: number): ChatWire {
  if (!chat.me) return chat
  const within = (count: number): number => Math.min(MOST, Math.max(0, count))
  const me = {
    ...chat.me,
    unread: within(chat.me.unread + unread),
    mentions: within(chat.me.mentions + mentions),
  }
  return { ...chat, me }
}

/** The mark moves, never back. With nothing marked unread, reading to the end leaves nothing to count. */
export function readUpTo(chat: ChatWire, seq: number): ChatWire {
  if (!chat.me || chat.me.last_read_seq >= seq) return chat
  const isAll = chat.me.unread_from === null && seq >= chat.last_seq
  return { ...chat, me: { ...chat.me, last_read_seq: seq, ...(isAll ? { unread: 0, mentions: 0 } : {}) } }
}
