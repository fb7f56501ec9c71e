import type { Relay } from './relay.ts'

/** A node alone: whoever could hear it is in this process, and hears it by the bus. */
export const relayToNobody: Relay = {
  isShared: false,
  isHealthy: true,
  onHealth: () => {},
  send: () => {},
  listen: () => {},
  close: async () => {},
}

/** Nodes of one process, for tests: `join` is a further one. */
export function createMemoryRelays(): { join(): Relay } {
  const heard = new Set<(packet: string) => void>()
  return {
    join: () => {
      let own = (_packet: string): void => {}
      return {
        isShared: true,
        isHealthy: true,
        onHealth: () => {},
        // Not at once: a node that is told hears it in a turn of its own, like over a wire.
        send: (_key, packet) =>
          queueMicrotask(() => {
            for (const hear of heard) if (hear !== own) hear(packet)
          }),
        listen: (hear) => {
          own = hear
          heard.add(hear)
        },
        close: async () => void heard.delete(own),
      }
    },
  }
}
