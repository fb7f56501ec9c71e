import { expect, test } from 'bun:test'
import { ANN, aChat, aMessage, BO } from '../../src/testing/sample.ts'
import { firstUnread, linesOf } from './lines.ts'

const dayOf = (at: string) => at.slice(0, 10)
const at = (time: string) => ({ created_at: `2026-11-20T${time}:00.000Z` })
const shapes = (lines: ReturnType<typeof linesOf>) =>
  lines.map((line) => (line.kind === 'message' ? (line.isFirst ? 'first' : 'more') : line.kind))

test('messages of one person within five minutes stand as one group', () => {
  const rows = [
    aMessage(1, at('09:00')),
    aMessage(2, at('09:05')),
    aMessage(3, at('09:11')),
    aMessage(4, { ...at('09:12'), sender_id: ANN }),
  ]

  expect(shapes(linesOf(rows, null, dayOf))).toEqual(['day', 'first', 'more', 'first', 'first'])
})

test('a new day and the unread line begin a group anew', () => {
  const rows = [
    aMessage(1, at('23:59')),
    aMessage(2, { created_at: '2026-11-21T00:01:00.000Z' }),
    aMessage(3, { created_at: '2026-11-21T00:02:00.000Z' }),
  ]

  expect(shapes(linesOf(rows, 3, dayOf))).toEqual(['day', 'first', 'day', 'first', 'new', 'first'])
})

test('the unread line stands before the first unread message of somebody else', () => {
  const rows = [aMessage(1), aMessage(2, { sender_id: ANN }), aMessage(3), aMessage(4)]
  const read = (last_read_seq: number, unread_from: number | null = null) =>
    aChat({ me: { ...aChat().me!, last_read_seq, unread_from } })

  expect(firstUnread(read(1), rows, ANN)).toBe(3)
  expect(firstUnread(read(4), rows, ANN)).toBeNull()
  expect(firstUnread(read(4, 1), rows, ANN)).toBe(1)
  expect(firstUnread(read(3), rows, BO)).toBeNull()
})
