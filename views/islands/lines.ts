import type { ChatWire, MessageWire } from '../../src/client/index.ts'

/** Messages of one person within this time stand as one group. */
const GROUP_MS = 300_000

/** What stands in the timeline, from the oldest down. */
export type Line =
  | { kind: 'day'; key: string; day: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; row: MessageWire; isFirst: boolean }
  | { kind: 'event'; key: string; row: MessageWire }

/** The first message this member has not read, as the chat was opened: somebody else's, and still there. */
export function firstUnread(chat: ChatWire, rows: readonly MessageWire[], me: string): number | null {
  if (!chat.me) return null
  const from = chat.me.unread_from ?? chat.me.last_read_seq + 1
  const isUnread = (row: MessageWire): boolean =>
    row.seq >= from && row.sender_id !== me && row.kind !== 'system' && row.deleted_at === null
  return rows.find(isUnread)?.seq ?? null
}

/** Puts the date lines and the unread line between messages and groups what belongs together. */
export function linesOf(
  rows: readonly MessageWire[],
  unread: number | null,
  dayOf: (at: string) => string,
): Line[] {
  const lines: Line[] = []
  let above: MessageWire | null = null
  let day = ''
  for (const row of rows) {
    const today = dayOf(row.created_at)
    if (today !== day) {
      lines.push({ kind: 'day', key: `day-${today}`, day: today, at: row.created_at })
      above = null
    }
    if (row.seq === unread) {
      lines.push({ kind: 'new', key: 'new' })
      above = null
    }
    const isEvent = row.kind === 'system'
    lines.push(
      isEvent
        ? { kind: 'event', key: row.id, row }
        : { kind: 'message', key: row.id, row, isFirst: !isGrouped(above, row) },
    )
    above = isEvent ? null : row
    day = today
  }
  return lines
}

/** Whether a message stands below another of its author without a face of its own. */
export const isGrouped = (
  above: Pick<MessageWire, 'sender_id' | 'created_at'> | null,
  row: MessageWire,
): boolean =>
  above !== null &&
  above.sender_id === row.sender_id &&
  row.quote === null &&
  Date.parse(row.created_at) - Date.parse(above.created_at) <= GROUP_MS
