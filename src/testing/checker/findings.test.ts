import { describe, expect, test } from 'bun:test'
import { bos, found, row, sent, stored, tea, told } from './histories.ts'
import type { History, Op, StoredRow } from './history.ts'

// Each finding is seen, and only that one.

test('a healthy history has nothing', () => {
  expect(found(() => {})).toEqual([])
})

describe('lost', () => {
  test('an acked message that is not stored', () => {
    expect(found((h) => h.ops.push(sent(4)))).toContain('lost')
  })

  test('an acked edit whose row says something else', () => {
    const edit = { kind: 'edit' as const, key: 'm2', content: 'means 9' }
    expect(found((h) => h.ops.push(sent(2, { ...edit, at: 90, endedAt: 95 })))).toEqual(['lost'])
  })

  test('an acked change whose row has an older rev', () => {
    const ack = { at: 95, id: 'm2', seq: 2, rev: 4, deleted: false, mark: null }
    expect(found((h) => h.ops.push(sent(2, { kind: 'react', key: 'm2', acks: [ack] })))).toContain('lost')
  })

  test('an acked read mark that is behind', () => {
    const ack = { at: 95, id: null, seq: null, rev: null, deleted: false, mark: 3 }
    const read = { kind: 'read' as const, user: 'bo', device: 'bo', key: '3', acks: [ack] }
    expect(found((h) => h.ops.push(sent(9, read)))).toEqual(['lost'])
  })
})

describe('duplicated', () => {
  test('the same words in two rows', () => {
    expect(
      found((h) => {
        h.stored = [stored([row(1), row(2), row(3), row(4, { content: 'says 3' })])]
        h.fetched.clear()
        h.devices = []
      }),
    ).toEqual(['duplicated'])
  })

  test('two answers to one client_id that name different messages', () => {
    expect(
      found((h) => {
        const [first] = h.ops[0]!.acks
        h.ops[0]!.acks.push({ ...first!, id: 'm2', seq: 2, rev: 2 })
      }),
    ).toContain('duplicated')
  })

  test('an event that a node tells again on one connection; on the next it may', () => {
    expect(found((h) => h.heard.push(told(2)))).toEqual(['duplicated'])
    expect(found((h) => h.heard.push(told(2, { connection: 2 })))).toEqual([])
  })
})

describe('phantom', () => {
  test('a row that nobody said', () => {
    expect(found((h) => h.ops.pop())).toEqual(['phantom'])
  })

  test('a row that was refused', () => {
    expect(found((h) => Object.assign(h.ops[2]!, { outcome: 'fail', acks: [] }))).toEqual(['phantom'])
  })

  test('a message that was shown and is not stored', () => {
    expect(found((h) => h.heard.push(told(3, { id: 'm99', connection: 2 })))).toEqual(['phantom'])
  })

  test('not a row whose sender never had an answer', () => {
    expect(found((h) => Object.assign(h.ops[2]!, { outcome: 'unknown', acks: [] }))).toEqual([])
  })
})

test('order: a hole, and a row beyond the head', () => {
  expect(
    found((h) => {
      h.stored = [stored([row(1), row(2), row(3), row(5, { rev: 4 })])]
      h.ops.push(sent(5, { outcome: 'unknown', acks: [] }))
      h.devices = []
      h.fetched.clear()
    }),
  ).toEqual(['order'])
  expect(found((h) => Object.assign(tea(h), { rev: 2 }))).toContain('order')
})

test('fifo: what was sent after the answer to another stands before it', () => {
  const swap = (h: History, more: Partial<Op>) => {
    const [first, second, third] = h.ops as [Op, Op, Op]
    h.ops = [first, { ...third, at: 20, endedAt: 25, ...more }, { ...second, at: 30, endedAt: 35 }]
  }

  expect(found((h) => swap(h, {}))).toEqual(['fifo'])
  expect(found((h) => swap(h, { endedAt: 40, attempts: 2 }))).toEqual([])
})

describe('unauthorised', () => {
  const unsaid = (each: StoredRow): StoredRow => ({ ...each, kind: 'system' })
  const asCy = { device: 'cy', user: 'cy' }

  test('a stranger who heard, by the topic or by asking', () => {
    expect(found((h) => h.heard.push(told(2, asCy)))).toEqual(['unauthorised'])
    expect(found((h) => h.heard.push(told(2, { ...asCy, askedAt: 20 })))).toEqual(['unauthorised'])
    expect(found((h) => h.heard.push(told(2, { ...asCy, askedAt: 'filled' })))).toEqual(['unauthorised'])
  })

  test('a stranger who spoke', () => {
    expect(found((h) => Object.assign(h.ops[2]!, asCy))).toEqual(['unauthorised'])
  })

  test('who asks after they were removed, unless somebody may still bring them back', () => {
    const move = (kind: Op['kind'], at: number, more: Partial<Op> = {}) =>
      sent(9, { kind, key: 'bo', at, endedAt: at + 5, acks: [], ...more })
    const asking = (add: Op) => (h: History) => {
      tea(h).members.set('bo', { rev: 3, isIn: false, mark: 0 })
      Object.assign(h, {
        ops: [add, move('remove', 60)],
        heard: [told(2, { at: 90, askedAt: 80 })],
        devices: [],
      })
      Object.assign(h, { stored: h.stored.map((chat) => ({ ...chat, rows: chat.rows.map(unsaid) })) })
      h.fetched.clear()
    }

    expect(found(asking(move('add', 40)))).toEqual(['unauthorised'])
    expect(found(asking(move('add', 40, { attempts: 2, unanswered: 1 })))).toEqual([])
  })

  test('whoever was removed hears their leaving, and nothing after it', () => {
    const leave = (h: History) => {
      const chat = tea(h)
      const system = { event: 'member_removed', user_ids: ['bo'] }
      Object.assign(chat.rows[2]!, { kind: 'system', system })
      chat.members.set('bo', { rev: 2, isIn: false, mark: 0 })
      h.ops.pop()
      h.heard.pop()
      h.devices = []
      h.fetched.clear()
    }

    expect(found(leave)).toEqual([])
    expect(
      found((h) => {
        leave(h)
        h.heard.push(told(3))
      }),
    ).toEqual(['unauthorised'])
  })
})

describe('a fill', () => {
  /** bo comes in after the second message, is removed after the third, and then a fill has the first. */
  const filledUpTo = (upTo: number) => (h: History) => {
    const chat = tea(h)
    const [first, second, third] = chat.rows as [StoredRow, StoredRow, StoredRow]
    const moved = (event: string) => ({ kind: 'system', system: { event, user_ids: ['bo'] } })
    const rows = [
      first,
      second,
      { ...third, ...moved('member_added') },
      { ...third, ...moved('member_removed'), seq: 4, id: 'm4', rev: 5 },
    ]
    chat.members.set('bo', { rev: 4, isIn: false, mark: 0 })
    h.stored = [{ ...chat, rows, rev: 5 }]
    h.ops = [sent(9, { kind: 'remove', key: 'bo', at: 60, endedAt: 65, acks: [] })]
    h.heard = [told(1, { at: 90, askedAt: 'filled', upTo })]
    h.devices = []
    h.fetched.clear()
  }

  test('may come late, with what its member saw before they were removed', () => {
    expect(found(filledUpTo(3))).not.toContain('unauthorised')
  })

  test('has nothing for whoever was out when it was read', () => {
    expect(found(filledUpTo(5))).toContain('unauthorised')
  })
})

describe('diverged', () => {
  test('a digest that is not what a device has', () => {
    expect(found((h) => h.digests.push('bo: digest 1, by its own count 2'))).toEqual(['diverged'])
  })

  test('a device with another text', () => {
    expect(found((h) => bos(h).rows.set(2, row(2, { content: 'says two' })))).toEqual(['diverged'])
  })

  test('a device with other members', () => {
    expect(found((h) => bos(h).members.add('cy'))).toEqual(['diverged'])
  })

  test('a node that serves something else than is stored', () => {
    expect(found((h) => h.fetched.get('tea')![0]!.rows.set(2, row(2, { reactions: '👍:1' })))).toEqual([
      'diverged',
    ])
  })
})

test('gap: a device at the head without one of the messages', () => {
  expect(found((h) => bos(h).rows.delete(2))).toEqual(['gap'])
})

describe('late', () => {
  test('a device that ends behind, or never heard of the chat', () => {
    expect(found((h) => Object.assign(bos(h), { rev: 2 }))).toEqual(['late'])
    expect(found((h) => h.devices[0]!.chats.clear())).toEqual(['late'])
  })

  test('a connected device that had it too long after the ack', () => {
    expect(
      found((h) => Object.assign(h.moved[1]!, { at: 600 }) && Object.assign(h.moved[2]!, { at: 600 })),
    ).toEqual(['late'])
  })

  test('not one that was away, and had it soon after it came back', () => {
    expect(
      found((h) => {
        h.moved[1]!.at = 605
        h.moved[2]!.at = 605
        h.online = [
          { device: 'bo', from: 0, to: 22 },
          { device: 'bo', from: 600, to: null },
        ]
      }),
    ).toEqual([])
  })
})

test('what no client may be told is a finding', () => {
  expect(found((h) => h.broken.push('send: internal'))).toEqual(['broken'])
})
