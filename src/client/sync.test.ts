import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { ANN, aChat, aMember, aMessage, BO, TEA } from '../testing/sample.ts'
import { addPage, apply, applyChanges, type ChatState, newChatState, putMember, putRow } from './sync.ts'
import type { Changes, ChatWire, DurableFrame, MemberWire, MessageWire } from './wire.ts'

const open = (): ChatState =>
  addPage(newChatState(aChat()), { data: [], page: { before: null, after: null }, rev: 0 }).state

const told = (row: MessageWire): DurableFrame => ({
  type: row.rev === row.seq ? 'new_message' : 'message_updated',
  data: row,
})

const changesOf = (after: number, messages: MessageWire[], rev: number): Changes => ({
  after,
  rev,
  messages,
  members: [],
  chat: null,
})

test('the next change is applied, a known one dropped, a later one is a gap', () => {
  const state = apply(open(), told(aMessage(1)), ANN).state

  expect(state.rev).toBe(1)
  expect(apply(state, told(aMessage(1, { content: 'again' })), ANN)).toEqual({ state, gap: false })
  expect(apply(state, told(aMessage(3)), ANN)).toEqual({ state, gap: true })
})

test('changes apply when they begin at or before mine and end after it', () => {
  const state = apply(open(), told(aMessage(1)), ANN).state

  const caught = applyChanges(state, changesOf(0, [aMessage(1), aMessage(2)], 2), ANN)
  expect([caught.gap, caught.state.rev, caught.state.rows.size]).toEqual([false, 2, 2])
  expect(applyChanges(state, changesOf(5, [aMessage(6)], 6), ANN).gap).toBe(true)
  expect(applyChanges(caught.state, changesOf(0, [aMessage(1)], 1), ANN).state.rev).toBe(2)
})

test('a quote follows what it quotes: edited it is shown as it is, deleted not at all', () => {
  const quote = { message_id: aMessage(1).id, sender_id: BO, excerpt: 'message 1', deleted: false }
  const state = [aMessage(1), aMessage(2, { quote })].reduce(putRow, open())
  const quoted = (row: MessageWire) => putRow(state, row).rows.get(2)?.quote

  const at = '2026-11-20T12:01:00.000Z'
  expect(quoted(aMessage(1, { rev: 3, content: 'better', edited_at: at }))?.excerpt).toBe('better')
  expect(quoted(aMessage(1, { rev: 3, content: '', deleted_at: at }))).toEqual({
    ...quote,
    excerpt: '',
    deleted: true,
  })
  expect(quoted(aMessage(1, { rev: 3 }))).toEqual(quote)
})

test('an ack and its echo end in one message, whichever comes first', () => {
  const mine = aMessage(1, { sender_id: ANN })

  const ackFirst = apply(putRow(open(), mine), told(mine), ANN).state
  const echoFirst = putRow(apply(open(), told(mine), ANN).state, mine)

  expect(putRow(open(), mine).rev).toBe(0)
  expect(ackFirst).toEqual(echoFirst)
})

test('a row never gives way to an older one', () => {
  const edited = aMessage(1, { rev: 2, content: 'edited' })

  const state = apply(putRow(open(), edited), told(aMessage(1)), ANN).state

  expect(state.rows.get(1)?.content).toBe('edited')
})

test("others' messages count as unread, one's own moves the mark", () => {
  const first = apply(open(), told(aMessage(1, { mentions: [ANN] })), ANN).state
  expect(first.chat.me).toMatchObject({ unread: 1, mentions: 1 })

  const second = apply(first, told(aMessage(2, { sender_id: ANN })), ANN).state
  expect(second.chat.me).toMatchObject({ unread: 0, mentions: 0, last_read_seq: 2 })
})

test('a message taken back before it was read no longer counts', () => {
  const first = apply(open(), told(aMessage(1, { mentions: ['channel'] })), ANN).state
  const gone = aMessage(1, { rev: 2, deleted_at: '2026-11-20T12:01:00.000Z', content: '' })

  expect(apply(first, told(gone), ANN).state.chat.me).toMatchObject({ unread: 0, mentions: 0 })
})

test('one’s own message taken back leaves the count of the others as it was', () => {
  const mine = apply(open(), told(aMessage(1, { sender_id: ANN })), ANN).state
  const theirs = apply(mine, told(aMessage(2)), ANN).state
  const gone = aMessage(1, { rev: 3, sender_id: ANN, deleted_at: '2026-11-20T12:01:00.000Z' })

  expect(apply(theirs, told(gone), ANN).state.chat.me).toMatchObject({ unread: 1 })
})

test('a membership as a page drew it gives way to nothing older', () => {
  const state = putMember(open(), aMember(BO, 5, { role: 'admin' }), ANN)

  expect(putMember(state, aMember(BO, 3), ANN).members.get(BO)?.role).toBe('admin')
  expect(putMember(state, aMember(ANN, 6, { role: 'owner' }), ANN).chat.me?.role).toBe('owner')
})

test('a reset drops the rows and asks for the newest page', () => {
  const state = apply(open(), told(aMessage(1)), ANN).state
  const chat = aChat({ rev: 5000, last_seq: 4000, name: 'renamed' })

  const reset = applyChanges(state, { ...changesOf(1, [], 5000), chat, reset: true }, ANN).state

  expect([reset.rows.size, reset.window, reset.rev, reset.chat.name]).toEqual([0, null, 5000, 'renamed'])
})

test('a page that does not touch what is shown replaces it, one that does extends it', () => {
  const newest = { data: [aMessage(90), aMessage(91)], page: { before: 90, after: null }, rev: 91 }
  const around = { data: [aMessage(10), aMessage(11)], page: { before: 10, after: 11 }, rev: 91 }
  const older = { data: [aMessage(88), aMessage(89)], page: { before: 88, after: null }, rev: 91 }
  const state = addPage(newChatState(aChat({ rev: 91, last_seq: 91 })), newest).state

  expect(addPage(state, around).state.window).toEqual({ from: 10, to: 11 })
  expect(addPage(state, older, { before: 90 }).state.window).toEqual({
    from: 88,
    to: Number.POSITIVE_INFINITY,
  })
})

test('a page older than what was heard before it opens asks for what it lacks', () => {
  const heard = apply(newChatState(aChat()), told(aMessage(1)), ANN).state

  const opened = addPage(heard, { data: [], page: { before: null, after: null }, rev: 0 })

  expect([opened.gap, opened.state.rev]).toEqual([true, 0])
})

/** A node that keeps a chat as Warren does: each change takes the next rev, a row holds its last. */
function aNode(seeds: number[]) {
  const rows = new Map<number, MessageWire>()
  const members = new Map<string, MemberWire>()
  const frames: DurableFrame[] = []
  let chat: ChatWire = aChat()
  let info = 0
  const put = (row: MessageWire) => {
    rows.set(row.seq, row)
    frames.push(told(row))
  }
  for (const [at, seed] of seeds.entries()) {
    const rev = at + 1
    const old = rows.get((seed >> 3) % (rows.size + 1))
    if (seed % 8 === 0) {
      const member = aMember(BO, rev, seed % 16 === 0 ? { left_at: '2026-11-20T13:00:00.000Z' } : {})
      members.set(BO, member)
      frames.push({ type: 'member_updated', data: { chat_id: TEA, rev, member, actor_id: ANN } })
    } else if (seed % 8 === 1) {
      chat = aChat({ rev, name: `tea ${rev}` })
      info = rev
      frames.push({ type: 'chat_updated', data: { chat_id: TEA, rev, chat } })
    } else if (seed % 8 < 5 && old !== undefined) {
      put({ ...old, rev, content: `edit ${rev}` })
    } else put(aMessage(rows.size + 1, { rev, sender_id: seed % 2 ? ANN : BO, sender: null }))
  }
  /** `changes?after=`, as the node stood at `head`, cut after `most` rows. */
  const changes = (after: number, head: number, most: number): Changes => {
    const seen = aNodeAt(head)
    const changed = [...seen.rows.values(), ...seen.members.values()].filter((row) => row.rev > after)
    changed.sort((a, b) => a.rev - b.rev)
    const named = seen.info > after ? [seen.info] : []
    const cut = changed.slice(0, most)
    const more = changed.length > most
    const rev = more ? (cut.at(-1)?.rev ?? head) : head
    return {
      after,
      rev,
      messages: cut.filter((row): row is MessageWire => 'seq' in row),
      members: cut.filter((row): row is MemberWire => 'user' in row),
      chat: named.length > 0 ? seen.chat : null,
      more,
    }
  }
  const aNodeAt = (head: number) =>
    head === seeds.length ? { rows, members, chat, info } : aNode(seeds.slice(0, head))
  return { rows, members, chat, info, frames, changes, head: seeds.length }
}

test('C9: any interleaving of events, pages of changes and acks ends equal to a fresh fetch', () => {
  const seeds = fc.array(fc.nat(255), { minLength: 1, maxLength: 14 })
  const acts = fc.array(fc.tuple(fc.nat(3), fc.nat(63), fc.nat(63)), { maxLength: 24 })
  const run = fc.property(seeds, acts, (changes, deeds) => {
    const node = aNode(changes)
    let state = open()
    for (const [kind, a, b] of deeds) {
      const head = a % (node.head + 1)
      const frame = node.frames[a % node.frames.length]
      if (kind <= 1 && frame !== undefined) state = apply(state, frame, ANN).state
      else if (kind === 2)
        state = applyChanges(state, node.changes(b % (head + 1), head, 1 + (b % 4)), ANN).state
      else if (frame !== undefined && 'seq' in frame.data) state = putRow(state, frame.data)
    }
    while (state.rev < node.head)
      state = applyChanges(state, node.changes(state.rev, node.head, 3), ANN).state

    expect([...state.rows].sort(([a], [b]) => a - b)).toEqual([...node.rows].sort(([a], [b]) => a - b))
    expect([...state.members]).toEqual([...node.members])
    expect([state.rev, state.chat.name, state.chat.last_seq]).toEqual([
      node.head,
      node.chat.name,
      node.rows.size,
    ])
  })
  fc.assert(run, { numRuns: 10_000 })
}, 60_000)
