import { expect, test } from 'bun:test'
import type { Id } from '../ids.ts'
import { newLive } from './live.ts'
import { type Settling, settleUser } from './settle.ts'
import { createSettleRound } from './settleRound.ts'
import type { Realtime } from './socket.ts'

const TICK_MS = 2500

/** A node of so many users, whose reads are written down, and whose relay's health a test says. */
function start(users: number) {
  const live = newLive()
  const read: string[] = []
  const state = { isHealthy: true, isAway: false, told: (_: boolean): void => {} }
  for (let at = 0; at < users; at++) {
    const id = `u${at}` as Id<'user'>
    const sockets = [{}] as never[]
    live.users.set(id, { id, topic: id, sockets, chats: [], marks: [], loads: 0, moves: null, turn: null })
  }
  const loadPositions = async (id: string): Promise<[]> => {
    if (state.isAway) throw new Error('the database is away')
    read.push(id)
    return []
  }
  const relay = {
    get isHealthy() {
      return state.isHealthy
    },
    onHealth: (told: typeof state.told) => {
      state.told = told
    },
  }
  const settling = { live, reader: { loadPositions }, tell: () => {} } as unknown as Settling
  const desk = { app: { log: { warn: () => {} } } }
  const round = createSettleRound({ bus: { live, relay }, desk, settling } as unknown as Realtime)
  const ticks = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) await round(TICK_MS)
  }
  const setHealth = (isHealthy: boolean): void => {
    state.isHealthy = isHealthy
    state.told(isHealthy)
  }
  const settle = (id: string) => settleUser(settling, id as Id<'user'>)
  return { read, state, settle, ticks, setHealth }
}

test('after Redis was away everybody is settled within 20 s, though a slow round is under way', async () => {
  const { read, ticks, setHealth } = start(400)
  await ticks(1)
  expect(read).toHaveLength(2)

  setHealth(false)
  setHealth(true)
  read.length = 0
  await ticks(8)

  expect(new Set(read).size).toBe(400)
})

test('a hurried round is not begun anew by further losses, and another one follows it', async () => {
  const { read, ticks, setHealth } = start(80)
  setHealth(false)
  for (let at = 0; at < 8; at++) {
    setHealth(at % 2 === 0)
    await ticks(1)
  }

  expect(new Set(read).size).toBe(80)
})

test('whose chats could not be read is settled in the same round', async () => {
  const { read, state, ticks, setHealth } = start(80)
  setHealth(false)
  setHealth(true)
  state.isAway = true
  await ticks(3)
  state.isAway = false
  await ticks(8)

  expect(new Set(read).size).toBe(80)
})

test('whose chats could not be read when they had to be is read again by the next tick', async () => {
  const { read, state, settle, ticks } = start(400)
  state.isAway = true
  await settle('u399').catch(() => {})
  state.isAway = false

  await ticks(1)
  expect(read).toContain('u399')
  read.length = 0
  await ticks(1)
  expect(read).not.toContain('u399')
})
