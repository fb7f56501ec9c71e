import type { Cluster, Redis } from 'ioredis'

type Publish = (channel: string, text: string) => void

/** What is refused or late is lost, as it may be. */
const lose = (): void => {}

/** One server takes everything by one connection: in the order sent. */
export const publishAtOnce =
  (client: Redis): Publish =>
  (channel, text) =>
    void client.publish(channel, text).catch(lose)

/** What has waited so long for others is told by the sweep before it would be heard. */
const LATE_MS = 1000

/**
 * In a cluster a channel moves from server to server, and a connection to one may only just be made: each waits for the
 * one before it on its channel, so that none overtakes another. Behind a server that hangs nothing is held for longer
 * than a second.
 */
export function publishInTurn(client: Cluster, now: () => number = () => performance.now()): Publish {
  const turns = new Map<string, Promise<void>>()
  return (channel, text) => {
    const saidAt = now()
    const sent = (turns.get(channel) ?? Promise.resolve())
      .then(() => (now() - saidAt > LATE_MS ? undefined : client.spublish(channel, text)))
      .then(lose, lose)
      .then(() => {
        if (turns.get(channel) === sent) turns.delete(channel)
      })
    turns.set(channel, sent)
  }
}
