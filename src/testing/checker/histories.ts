import { check, type Findings, foundIn } from './findings.ts'
import {
  type ChatView,
  type Heard,
  type History,
  newHistory,
  type Op,
  type Row,
  type StoredChat,
} from './history.ts'

/** Histories written by hand: ann and bo in the chat `tea`, cy the stranger. */

export const row = (seq: number, more: Partial<Row> = {}): Row => ({
  seq,
  id: `m${seq}`,
  rev: seq,
  sender: 'ann',
  kind: 'text',
  content: `says ${seq}`,
  deleted: false,
  edited: false,
  reactions: '',
  ...more,
})

export const stored = (rows: Row[], more: Partial<StoredChat> = {}): StoredChat => ({
  id: 'tea',
  kind: 'group',
  clientId: null,
  isGone: false,
  rev: rows.length,
  lastSeq: rows.length,
  rows: rows.map((each) => ({
    ...each,
    client_id: `c${each.content.split(' ')[1]}`,
    system: null,
    createdAt: 0,
  })),
  members: new Map([
    ['ann', { rev: 0, isIn: true, mark: 9 }],
    ['bo', { rev: 0, isIn: true, mark: 0 }],
  ]),
  ...more,
})

let n = 0
export const sent = (seq: number, more: Partial<Op> = {}): Op => ({
  n: ++n,
  device: 'ann',
  user: 'ann',
  chat: 'tea',
  kind: 'send',
  key: `c${seq}`,
  content: `says ${seq}`,
  at: seq * 10,
  endedAt: seq * 10 + 5,
  outcome: 'ok',
  attempts: 1,
  unanswered: 0,
  lastAskedAt: 0,
  acks: [{ at: seq * 10 + 5, id: `m${seq}`, seq, rev: seq, deleted: false, mark: null }],
  why: '',
  ...more,
})

export const told = (seq: number, more: Partial<Heard> = {}): Heard => ({
  device: 'bo',
  user: 'bo',
  chat: 'tea',
  at: seq * 10 + 6,
  askedAt: null,
  connection: 1,
  rev: seq,
  upTo: seq,
  seq,
  id: `m${seq}`,
  ...more,
})

/** ann says three things, and bo's device follows. */
export function healthy(): History {
  const rows = [row(1), row(2), row(3)]
  const view = () => ({
    rev: 3,
    rows: new Map(rows.map((each) => [each.seq, { ...each }])),
    members: new Set(['ann', 'bo']),
  })
  return {
    ...newHistory(),
    ops: [sent(1), sent(2), sent(3)],
    heard: [told(1), told(2), told(3)],
    moved: [1, 2, 3].map((rev) => ({ device: 'bo', chat: 'tea', at: rev * 10 + 6, rev })),
    online: [{ device: 'bo', from: 0, to: null }],
    devices: [{ device: 'bo', user: 'bo', chats: new Map([['tea', view()]]) }],
    fetched: new Map([['tea', [view()]]]),
    stored: [stored(rows)],
  }
}

export const found = (change: (history: History) => void): (keyof Findings)[] => {
  const history = healthy()
  change(history)
  return foundIn(check(history, { withinMs: 100 }))
}

export const bos = (history: History) => history.devices[0]?.chats.get('tea') as ChatView
export const tea = (history: History) => history.stored[0] as StoredChat
