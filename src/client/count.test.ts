import { expect, test } from 'bun:test'
import { ANN, aChat, aMessage, BO } from '../testing/sample.ts'
import { addPage, apply, applyChanges, type ChatState, newChatState, putRow } from './sync.ts'
import type { MessageWire } from './wire.ts'

const GONE = { deleted_at: '2026-11-20T12:01:00.000Z', content: '', mentions: [] }
const EDITED = { edited_at: '2026-11-20T12:01:00.000Z' }

/** A chat that is not open on this page, as messages come and change one after the other. */
const hear = (rows: MessageWire[], from: ChatState = newChatState(aChat())): ChatState =>
  rows.reduce((state, row) => {
    const type = row.seq > state.chat.last_seq ? 'new_message' : 'message_updated'
    return apply(state, { type, data: row }, ANN).state
  }, from)

const countsOf = ({ chat, isCountSure }: ChatState) =>
  isCountSure ? [chat.me?.unread, chat.me?.mentions] : 'unsure'

const named = { mentions: [ANN] }
const read = (given: object) => newChatState(aChat({ me: { ...aChat().me!, ...given } }))

test('the last message of a chat that is not open no longer counts once it is taken back', () => {
  const first = aMessage(1, named)

  expect(countsOf(hear([first]))).toEqual([1, 1])
  expect(countsOf(hear([first, aMessage(1, { rev: 2, ...GONE })]))).toEqual([0, 0])
})

test('who is named by an edit is mentioned, and is no longer when the next edit names nobody', () => {
  const edits = [aMessage(1), aMessage(1, { rev: 2, ...EDITED, ...named })]

  expect(countsOf(hear(edits))).toEqual([1, 1])
  expect(countsOf(hear([...edits, aMessage(1, { rev: 3, ...EDITED })]))).toEqual([1, 0])
})

test.each<[string, MessageWire]>([
  ['taken back', aMessage(1, { rev: 3, ...GONE })],
  ['edited so that it names the reader', aMessage(1, { rev: 3, ...EDITED, ...named })],
])('a message that is not known here and was %s leaves the counts open', (_, row) => {
  expect(countsOf(hear([aMessage(1), aMessage(2), row]))).toBe('unsure')
})

test('an edit that names nobody leaves them open when somebody may have been named before', () => {
  const edit = aMessage(1, { rev: 3, ...EDITED })

  expect(countsOf(hear([aMessage(1, named), aMessage(2), edit]))).toBe('unsure')
  expect(countsOf(hear([aMessage(1), aMessage(2), edit]))).toEqual([2, 0])
})

test.each<[string, MessageWire[], number]>([
  ['was read', [aMessage(1), aMessage(2), aMessage(1, { rev: 3, ...GONE })], 0],
  ['is one’s own', [aMessage(1), aMessage(2), aMessage(1, { rev: 3, sender_id: ANN, ...GONE })], 2],
  ['only got a reaction or a pin', [aMessage(1), aMessage(2), aMessage(1, { rev: 3, ...named })], 2],
])('nothing is left open by a message that %s', (what, rows, unread) => {
  const from = what === 'was read' ? read({ last_read_seq: 2 }) : undefined

  expect(countsOf(hear(rows, from))).toEqual([unread, 0])
})

test('a count that ends at a hundred is open when one of them goes', () => {
  const full = read({ unread: 100 })

  expect(countsOf(hear([aMessage(1), aMessage(1, { rev: 2, ...GONE })], full))).toBe('unsure')
})

test('what the reader took back is known as taken back before its echo counts', () => {
  const opened = addPage(newChatState(aChat()), {
    data: [],
    page: { before: null, after: null },
    rev: 0,
  }).state
  const gone = aMessage(1, { rev: 2, sender_id: BO, ...GONE })

  expect(countsOf(hear([gone], putRow(hear([aMessage(1)], opened), gone)))).toBe('unsure')
})

test('counts of an earlier rev are not taken, and those of this one settle what was open', () => {
  const open = hear([aMessage(1), aMessage(2), aMessage(1, { rev: 3, ...GONE })])
  const counts = (rev: number) => ({
    after: 0,
    rev,
    messages: [],
    members: [],
    chat: null,
    unread: 1,
    mentions: 0,
  })
  const told = (state: ChatState, rev: number) => countsOf(applyChanges(state, counts(rev), ANN).state)

  expect(told(open, 3)).toEqual([1, 0])
  expect(told(hear([aMessage(1), aMessage(2)]), 1)).toBe('unsure')
})

test('a page older than what was heard leaves the counts open: what changed since is told again', () => {
  const page = { data: [aMessage(1)], page: { before: null, after: null }, rev: 1 }

  expect(countsOf(addPage(hear([aMessage(1), aMessage(2)]), page).state)).toBe('unsure')
})
