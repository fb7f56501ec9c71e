import { expect, test } from 'bun:test'
import type { Kv } from './kv.ts'

export interface KvUnderTest {
  kv: Kv
  /** Lets time go by for the store, really or by its clock. */
  pass(ms: number): Promise<void>
}

/** What every kv promises, whatever stands behind it. */
export function keepsKvContract(open: () => Promise<KvUnderTest>): void {
  test('a fact is found until it is deleted', async () => {
    const { kv } = await open()
    await kv.set('presence:ann', 'away', 60_000)

    expect(await kv.get('presence:ann')).toBe('away')
    expect(await kv.get('presence:bo')).toBeNull()
    await kv.delete('presence:ann')
    await kv.delete('presence:ann')
    expect(await kv.get('presence:ann')).toBeNull()
  })

  test('a fact is gone when its time is over, and setting it again starts the time anew', async () => {
    const { kv, pass } = await open()
    await kv.set('ticket', 'ann', 100)
    await kv.set('presence', 'online', 100)

    await pass(60)
    await kv.set('presence', 'away', 100)
    await pass(60)

    expect(await kv.get('ticket')).toBeNull()
    expect(await kv.take('ticket')).toBeNull()
    expect(await kv.get('presence')).toBe('away')
  })

  test('of fifty who take at once exactly one gets the value', async () => {
    const { kv } = await open()
    await kv.set('ticket', 'ann', 60_000)

    const taken = await Promise.all(Array.from({ length: 50 }, () => kv.take('ticket')))

    expect(taken.filter((value) => value === 'ann')).toHaveLength(1)
    expect(taken.filter((value) => value === null)).toHaveLength(49)
    expect(await kv.get('ticket')).toBeNull()
  })

  test('any text is kept as it is, also as a key', async () => {
    const { kv } = await open()
    await kv.set('__proto__', '', 60_000)
    await kv.set('ключ\n*', '{"a":"ё"}', 60_000)

    expect(await kv.get('__proto__')).toBe('')
    expect(await kv.get('ключ\n*')).toBe('{"a":"ё"}')
  })
}
