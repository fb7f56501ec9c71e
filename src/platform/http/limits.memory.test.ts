import { describe } from 'bun:test'
import { keepsLimitsContract } from './limits.contract.ts'
import { createMemoryLimits } from './limits.memory.ts'

describe('limits in memory', () => {
  keepsLimitsContract(async (factor) => createMemoryLimits(factor))
})
