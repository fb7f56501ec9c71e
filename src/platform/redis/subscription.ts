import type { Redis } from 'ioredis'
import type { Log } from '../log.ts'

export interface Subscription {
  channels: readonly string[]
  hear(text: string): void
  /** All channels are subscribed, again after each loss. */
  begun(): void
  /** The connection is gone, and with it the channels. */
  lost(): void
}

interface Place extends Subscription {
  isSharded: boolean
  log: Log
}

/**
 * Subscribes to all channels each time the connection stands, and counts them: a connection that hears fewer than it
 * asked for is ended, and the next one asks again.
 */
export function keepSubscribed(client: Redis, place: Place): void {
  const { hear, begun, lost, log, isSharded } = place
  client.on(isSharded ? 'smessage' : 'message', (_channel: string, text: string) => hear(text))
  const begin = (): void => {
    subscribe(client, place).then(begun, (error: unknown) => {
      log.warn({ reason: (error as Error).message }, 'redis: could not subscribe')
      client.disconnect(true)
    })
  }
  client.on('ready', begin)
  client.on('close', lost)
  if (client.status === 'ready') begin()
}

async function subscribe(client: Redis, { channels, isSharded }: Place): Promise<void> {
  // Of a cluster's channels each may live on another server.
  const count = isSharded
    ? (await Promise.all(channels.map((channel) => client.ssubscribe(channel)))).length
    : await client.subscribe(...channels)
  if (count !== channels.length)
    throw new Error(`subscribed to ${String(count)} of ${channels.length} channels`)
}
