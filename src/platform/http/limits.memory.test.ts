import { expect, test } from 'bun:test'
import { Refusal } from '../errors.ts'
import { createMemoryLimits } from './limits.memory.ts'

const LIMIT = { name: 'test', points: 2, perMs: 60_000 }

const refusalOf = (promise: Promise<void>) =>
  promise.then(
    () => null,
    (error: unknown) => error as Refusal,
  )

test('what is spent is refused until its time is over, and says when', async () => {
  const limits = createMemoryLimits(1)
  await limits.spend(LIMIT, 'ann')
  await limits.spend(LIMIT, 'ann')

  const refusal = await refusalOf(limits.spend(LIMIT, 'ann'))

  expect(refusal).toBeInstanceOf(Refusal)
  expect(refusal).toMatchObject({ code: 'rate_limited', reason: 'rate_limited' })
  expect(refusal?.details.retryAfterMs).toBeGreaterThan(59_000)
  expect(refusal?.details.retryAfterMs).toBeLessThanOrEqual(60_000)
})

test('one key and one limit do not touch another', async () => {
  const limits = createMemoryLimits(1)
  await limits.spend(LIMIT, 'ann', 2)

  expect(await refusalOf(limits.spend(LIMIT, 'bo'))).toBeNull()
  expect(await refusalOf(limits.spend({ ...LIMIT, name: 'other' }, 'ann'))).toBeNull()
  expect(await refusalOf(limits.spend(LIMIT, 'ann'))).not.toBeNull()
})

test('looking spends nothing', async () => {
  const limits = createMemoryLimits(1)
  for (let at = 0; at < 9; at++) expect(await refusalOf(limits.check(LIMIT, 'ann'))).toBeNull()

  await limits.spend(LIMIT, 'ann', 2)

  expect(await refusalOf(limits.check(LIMIT, 'ann'))).toMatchObject({ code: 'rate_limited' })
})

test('the factor multiplies, and even a tiny one leaves a point', async () => {
  const many = createMemoryLimits(10)
  await many.spend(LIMIT, 'ann', 20)
  expect(await refusalOf(many.spend(LIMIT, 'ann'))).not.toBeNull()

  const few = createMemoryLimits(0.001)
  expect(await refusalOf(few.spend(LIMIT, 'ann'))).toBeNull()
  expect(await refusalOf(few.spend(LIMIT, 'ann'))).not.toBeNull()
})
