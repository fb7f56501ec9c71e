import type { Cluster, Redis } from 'ioredis'

type Publish = (channel: string, text: string) => void

/** What is refused or late is lost, as it may be. */
const lose = (): void => {}

/** One server takes everything by one connection: in the order sent. */
export const publishAtOnce =
  (client: Redis): Publish =>
  (channel, text) =>
    void client.publish(channel, text).catch(lose)

/**
 * In a cluster a channel moves from server to server, and a connection to one may only just be made: each waits for the
 * one before it on its channel, so that none overtakes another.
 */
export function publishInTurn(client: Cluster): Publish {
  const turns = new Map<string, Promise<void>>()
  return (channel, text) => {
    const sent = (turns.get(channel) ?? Promise.resolve())
      .then(() => client.spublish(channel, text))
      .then(lose, lose)
      .then(() => {
        if (turns.get(channel) === sent) turns.delete(channel)
      })
    turns.set(channel, sent)
  }
}
