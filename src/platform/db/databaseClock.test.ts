import { afterEach, expect, spyOn, test } from 'bun:test'
import { databaseClock } from './databaseClock.ts'
import type { Db } from './db.ts'

const spied: { mockRestore(): void }[] = []
afterEach(() => {
  for (const spy of spied.splice(0)) spy.mockRestore()
})

test('an answer behind which the process stood still does not set the clock (F05)', async () => {
  let elapsed = 1000
  spied.push(spyOn(performance, 'now').mockImplementation(() => elapsed))
  const again = Promise.withResolvers<void>()
  let reads = 0
  const read = async () => {
    const rows = [{ now: 1_000_000 + elapsed }]
    reads++
    // Read at once, and heard 20 s later.
    if (reads === 2) elapsed += 20_000
    if (reads === 3) again.resolve()
    return rows
  }
  const clock = await databaseClock({ dialect: 'postgres', read } as unknown as Db, 1)

  await again.promise
  const told = clock.now()
  clock.close()

  expect(told).toBe(1_000_000 + elapsed)
})
