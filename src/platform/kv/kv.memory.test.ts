import { describe, expect, test } from 'bun:test'
import { keepsKvContract } from './kv.contract.ts'
import { createMemoryKv } from './kv.memory.ts'

function open(maxEntries?: number) {
  let now = 1_000
  const kv = createMemoryKv({ now: () => now }, maxEntries)
  return {
    kv,
    pass: async (ms: number) => {
      now += ms
    },
  }
}

describe('kv in memory', () => {
  keepsKvContract(async () => open())

  test('a flood of keys pushes out the oldest and takes no more room', async () => {
    const { kv } = open(10)
    for (let i = 0; i < 1_000; i++) await kv.set(`ticket:${i}`, 'x', 60_000)

    const kept = await Promise.all(Array.from({ length: 1_000 }, (_, i) => kv.get(`ticket:${i}`)))

    expect(kept.filter((value) => value !== null)).toHaveLength(10)
    expect(kept.slice(-10)).not.toContain(null)
  })

  test('setting a kept key anew pushes out nobody else', async () => {
    const { kv } = open(2)
    await kv.set('ann', '1', 60_000)
    await kv.set('bo', '1', 60_000)
    await kv.set('bo', '2', 60_000)

    expect(await kv.get('ann')).toBe('1')
    expect(await kv.get('bo')).toBe('2')
  })
})
