import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type FreshDatabase, freshPostgres } from '../../testing/databases.ts'
import { hasPostgres } from '../../testing/postgres.ts'

const MOST_WAITING = 2000

if (hasPostgres) crowds()

function crowds(): void {
  let fresh: FreshDatabase
  beforeAll(async () => {
    fresh = await freshPostgres({ reads: 1, writes: 1 })
  })
  afterAll(() => fresh.close())

  test('what a node asks for itself goes before a crowd, also when nobody else may wait any more', async () => {
    const { read, ahead } = fresh.db
    let done = 0
    const crowd = Array.from({ length: MOST_WAITING + 100 }, () => read`select 1`.finally(() => done++))
    const outcomes = Promise.allSettled(crowd)

    const order: number[] = []
    const own = [1, 2, 3].map((n) => ahead`select 1`.then(() => order.push(n)))
    await Promise.all(own)
    const before = done
    const refused = (await outcomes).filter(({ status }) => status === 'rejected')

    expect(refused.length).toBeGreaterThan(0)
    expect(before - refused.length).toBeLessThan(50)
    expect(order).toEqual([1, 2, 3])
  })
}
