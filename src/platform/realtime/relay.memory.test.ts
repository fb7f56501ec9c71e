import { describe } from 'bun:test'
import { keepsRelayContract } from './relay.contract.ts'
import { createMemoryRelays } from './relay.memory.ts'

describe('relay in memory', () => {
  keepsRelayContract(async () => {
    const relays = createMemoryRelays()
    return { join: async () => relays.join() }
  })
})
