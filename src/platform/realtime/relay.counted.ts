import type { RelayCounts } from '../metrics/metrics.ts'
import type { Relay } from './relay.ts'

/** The same relay; its packets and its health are counted. Our own pulse is no packet. */
export function countPackets(relay: Relay, counts: RelayCounts): Relay {
  if (!relay.isShared) return relay
  counts.isUp = relay.isHealthy
  relay.onHealth((isHealthy) => {
    counts.isUp = isHealthy
  })
  return {
    isShared: true,
    get isHealthy() {
      return relay.isHealthy
    },
    onHealth: relay.onHealth,
    send: (key, packet) => {
      if (relay.isHealthy) counts.sent++
      relay.send(key, packet)
    },
    listen: (hear) =>
      relay.listen((packet) => {
        counts.received++
        hear(packet)
      }),
    close: relay.close,
  }
}
