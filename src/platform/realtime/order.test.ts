import { afterEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Frame, TestSocket } from '../../testing/socket.ts'
import { CAST, startWire, type TestChat, type Wire } from '../../testing/wire.ts'
import type { ServerFrame } from './bus.ts'

let wire: Wire
afterEach(() => wire.stop())

/** One committed event: what it is, whether its announcement is lost, and by how many it is told too late. */
const step = fc.record({
  does: fc.constantFrom('say', 'say', 'say', 'leave', 'join'),
  isLost: fc.boolean(),
  isLate: fc.nat(3),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const CHATS = 120
const STEPS = { minLength: 1, maxLength: 15 }

/** Stores the steps of a chat, then tells those that are not lost, out of order. Notes where bo was a member. */
function play(chat: TestChat, steps: readonly Step[]): boolean[] {
  let isIn = true
  const wasIn = [true]
  const told: { at: number; rev: number; frame: ServerFrame }[] = []
  for (const { does, isLost, isLate } of steps) {
    const moves = does === (isIn ? 'leave' : 'join')
    if (moves) isIn = !isIn
    const { rev, frame } = moves ? wire.move(chat, 'bo', isIn) : wire.store(chat, 'hi')
    wasIn[rev] = isIn
    if (!isLost) told.push({ at: rev + isLate, rev, frame })
  }
  for (const { rev, frame } of told.sort((a, b) => a.at - b.at)) wire.bus.deliver(chat.id, rev, frame)
  return wasIn
}

/** The revs that a client of the protocol has after these frames of one chat; null if it had to ask. */
function follow(frames: readonly Frame[]): number | null {
  let mine = 0
  for (const { type, data } of frames) {
    if (type === 'changes' && data.after > mine) return null
    if (type === 'changes') mine = Math.max(mine, data.rev)
    else if (data.rev > mine + 1) return null
    else mine = Math.max(mine, data.rev)
  }
  return mine
}

const ofChat = (socket: TestSocket, { id }: TestChat): Frame[] =>
  socket.frames.filter(({ type, data }) => data?.chat_id === id && type !== 'chat_removed')

test('whatever is lost and late, a member gets every rev once and in order (C3, C4, C5), and one who left nothing more (C8)', async () => {
  wire = startWire()
  const scenarios = fc.sample(fc.array(step, STEPS), { numRuns: CHATS, seed: Date.now() })
  const chats = scenarios.map(() => wire.chat('ann', 'bo'))
  const [ann, bo] = [await wire.connect('ann'), await wire.connect('bo')]

  const wasIn = chats.map((chat, at) => play(chat, scenarios[at] ?? []))
  await wire.clockwork.sweep.run()
  await ann.ping() // what was told has come: only what was lost is waited for
  for (const chat of chats)
    if (follow(ofChat(ann, chat)) !== chat.rev)
      await ann.next('changes', ({ data }) => data.chat_id === chat.id)
  await Promise.all([ann.ping(), bo.ping()])

  for (const [at, chat] of chats.entries()) {
    const story = JSON.stringify(scenarios[at])
    const heard = ofChat(ann, chat)
    expect([story, follow(heard)]).toEqual([story, chat.rev])
    const events = heard.filter(({ type }) => type !== 'changes').map(({ data }) => data.rev)
    expect([story, events]).toEqual([story, [...new Set(events)].sort((a, b) => a - b)])
    for (const { type, data } of ofChat(bo, chat)) {
      const isOwnLeaving = type === 'member_left' && data.member.user.id === CAST.bo
      expect([story, data.rev, isOwnLeaving || wasIn[at]?.[data.rev]]).toEqual([story, data.rev, true])
    }
  }
})
