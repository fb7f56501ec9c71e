import { Refusal } from '../errors.ts'
import { type Tallies, tally } from '../metrics/spread.ts'
import type { Limits } from './limits.ts'

/** The same limits; what they refuse is counted by their names, which are few and fixed. */
export function countRefusals(limits: Limits, refused: Tallies): Limits {
  const counting = (name: string) => (error: unknown) => {
    if (error instanceof Refusal && error.code === 'rate_limited') tally(refused, name)
    throw error
  }
  return {
    spend: (limit, key, points) => limits.spend(limit, key, points).catch(counting(limit.name)),
    check: (limit, key) => limits.check(limit, key).catch(counting(limit.name)),
  }
}
