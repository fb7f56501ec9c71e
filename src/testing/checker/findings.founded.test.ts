import { describe, expect, test } from 'bun:test'
import { found, sent, stored, tea, told } from './histories.ts'
import type { History, Op } from './history.ts'

describe('a chat that was made meanwhile', () => {
  const making = (more: Partial<Op> = {}): Op => {
    const acks = [{ at: 5, id: 'tea', seq: null, rev: 1, deleted: false, mark: null }]
    return sent(1, { kind: 'found', key: 'made', content: 'bo', at: 0, endedAt: 5, acks, ...more })
  }
  const made = (change: (history: History, op: Op) => void) =>
    found((h) => {
      const op = making()
      h.ops.push(op)
      tea(h).clientId = 'made'
      change(h, op)
    })

  test('is as it was asked for', () => {
    expect(made(() => {})).toEqual([])
  })

  test('is not there, or lacks one who was named', () => {
    expect(made((_, op) => Object.assign(op, { chat: 'lunch' }))).toEqual(['lost'])
    expect(made((_, op) => Object.assign(op, { content: 'bo eve' }))).toEqual(['lost'])
  })

  test('is there twice', () => {
    expect(made((_, op) => op.acks.push({ ...op.acks[0]!, id: 'lunch' }))).toEqual(['duplicated'])
    const pair = (h: History) => h.stored.map((chat) => Object.assign(chat, { kind: 'direct' }))
    expect(made((h) => h.stored.push({ ...stored([]), id: 'lunch', rev: 0 }) && pair(h))).toContain(
      'duplicated',
    )
  })

  test('is there though nobody made it, or though it was refused', () => {
    expect(made((_, op) => Object.assign(op, { key: 'another' }))).toEqual(['phantom'])
    expect(made((_, op) => Object.assign(op, { outcome: 'fail', why: 'forbidden' }))).toEqual(['phantom'])
  })

  test('is deleted, and a node serves it, a device shows it, or somebody hears it all the same', () => {
    const end = (h: History) => {
      tea(h).isGone = true
      h.ops.push(sent(9, { kind: 'end', key: 'tea', at: 100, endedAt: 105, acks: [] }))
    }
    const unseen = (h: History) => h.fetched.clear() ?? h.devices[0]!.chats.clear()

    expect(made((h) => end(h) ?? unseen(h))).toEqual([])
    expect(made((h) => end(h) ?? h.devices[0]!.chats.clear())).toEqual(['unauthorised'])
    expect(made((h) => end(h) ?? h.fetched.clear())).toEqual(['unauthorised'])
    expect(made((h) => end(h) ?? unseen(h) ?? h.heard.push(told(3, { at: 120, askedAt: 110 })))).toEqual([
      'unauthorised',
    ])
  })
})
