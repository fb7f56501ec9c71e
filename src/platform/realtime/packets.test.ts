import { expect, test } from 'bun:test'
import { CAST } from '../../testing/wire.ts'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { createBus } from './bus.ts'
import type { LogReader } from './reader.ts'
import { createMemoryRelays } from './relay.memory.ts'

/** Key and first letter of all that a node says to the others. */
function start() {
  const said: string[] = []
  const relay = {
    ...createMemoryRelays().join(),
    send: (key: string, packet: string) => void said.push(`${key} ${packet[0]}`),
  }
  const log = createLog('silent')
  return { said, bus: createBus({ reader: {} as LogReader, relay, log, metrics: createMetrics() }) }
}

test('an admission, the word of it and what follows go one way: none of them comes without those before it', () => {
  const { said, bus } = start()
  const id = newId<'chat'>()

  bus.admit(id, [CAST.bo], 1)
  bus.tellUser(CAST.bo, { type: 'chat_created', data: { chat: { id } } })
  bus.deliver(id, 2, { type: 'new_message', data: {} })
  bus.tellUser(CAST.bo, { type: 'chat_removed', data: { chat_id: id } })
  bus.tellUser(CAST.bo, { type: 'user_updated', data: { user: { id: CAST.bo } } })

  expect(said).toEqual([`${id} a`, `${id} u`, `${id} d`, `${id} u`, `${CAST.bo} u`])
})
