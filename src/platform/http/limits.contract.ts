import { expect, test } from 'bun:test'
import { Refusal } from '../errors.ts'
import type { Limit, Limits } from './limits.ts'

export const LIMIT: Limit = { name: 'test', points: 2, perMs: 60_000 }

/** The refusal, or null when nothing is refused. */
export const refusalOf = (promise: Promise<void>): Promise<Refusal | null> =>
  promise.then(
    () => null,
    (error: unknown) => error as Refusal,
  )

/** What limits promise, whatever counts them. `open` gives one with counts of its own. */
export function keepsLimitsContract(open: (factor: number) => Promise<Limits>): void {
  for (const limit of [LIMIT, { ...LIMIT, isFrequent: true } as const]) {
    const kind = limit.isFrequent ? 'what is frequent' : 'what is rare'

    test(`${kind}: what is spent is refused until its time is over, and says when`, async () => {
      const limits = await open(1)
      await limits.spend(limit, 'ann')
      await limits.spend(limit, 'ann')

      const refusal = await refusalOf(limits.spend(limit, 'ann'))

      expect(refusal).toBeInstanceOf(Refusal)
      expect(refusal).toMatchObject({ code: 'rate_limited', reason: 'rate_limited' })
      expect(refusal?.details.retryAfterMs).toBeGreaterThan(55_000)
      expect(refusal?.details.retryAfterMs).toBeLessThanOrEqual(60_000)
    })

    test(`${kind}: one key and one limit do not touch another`, async () => {
      const limits = await open(1)
      await limits.spend(limit, 'ann', 2)

      expect(await refusalOf(limits.spend(limit, 'bo'))).toBeNull()
      expect(await refusalOf(limits.spend({ ...limit, name: 'other' }, 'ann'))).toBeNull()
      expect(await refusalOf(limits.spend(limit, 'ann'))).not.toBeNull()
    })

    test(`${kind}: looking spends nothing`, async () => {
      const limits = await open(1)
      for (let at = 0; at < 9; at++) expect(await refusalOf(limits.check(limit, 'ann'))).toBeNull()

      await limits.spend(limit, 'ann', 2)

      expect(await refusalOf(limits.check(limit, 'ann'))).toMatchObject({ code: 'rate_limited' })
    })

    test(`${kind}: the factor multiplies, and even a tiny one leaves a point`, async () => {
      const many = await open(10)
      await many.spend(limit, 'ann', 20)
      expect(await refusalOf(many.spend(limit, 'ann'))).not.toBeNull()

      const few = await open(0.001)
      expect(await refusalOf(few.spend(limit, 'bo'))).toBeNull()
      expect(await refusalOf(few.spend(limit, 'bo'))).not.toBeNull()
    })
  }
}
