import { expect, test } from 'bun:test'
import { createMetrics } from '../metrics/metrics.ts'
import { countPackets } from './relay.counted.ts'
import { relayToNobody } from './relay.memory.ts'
import type { Relay } from './relay.ts'

test('packets to and from other nodes are counted, and whether they are heard', () => {
  const { relay: counts } = createMetrics()
  const far = { isWell: false, hear: (_: string) => {}, health: (_: boolean) => {}, sent: [] as string[] }
  const bare: Relay = {
    isShared: true,
    get isHealthy() {
      return far.isWell
    },
    onHealth: (changed) => {
      far.health = changed
    },
    send: (key, packet) => void far.sent.push(`${key} ${packet}`),
    listen: (hear) => {
      far.hear = hear
    },
    close: async () => {},
  }
  const heard: string[] = []

  const relay = countPackets(bare, counts)
  relay.listen((packet) => void heard.push(packet))
  expect(counts.isUp).toBe(false)
  relay.send('tea', 'lost')
  far.isWell = true
  far.health(true)
  relay.send('tea', 'hello')
  far.hear('one')
  far.hear('two')

  expect([far.sent, heard]).toEqual([
    ['tea lost', 'tea hello'],
    ['one', 'two'],
  ])
  expect(counts).toEqual({ isUp: true, sent: 1, received: 2, errors: 0 })
})

test('a node alone has nobody to hear: that is no failure', () => {
  const { relay: counts } = createMetrics()

  countPackets(relayToNobody, counts).send('tea', 'hello')

  expect(counts).toEqual({ isUp: null, sent: 0, received: 0, errors: 0 })
})
