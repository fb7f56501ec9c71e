import type { Cluster, Redis } from 'ioredis'
import type { Log } from '../log.ts'
import type { Client } from './connect.ts'
import { type Answer, addHeld } from './held.ts'

export interface Subscription {
  channels: readonly string[]
  hear(text: string): void
  /** All channels are subscribed, again after each loss. */
  begun(): void
  /** The connection is gone, and with it the channels. */
  lost(): void
}

export interface Listening {
  /** The server said no, and is asked again later: the connection itself is sound. */
  readonly isRefused: boolean
}

interface Place extends Subscription {
  isSharded: boolean
  log: Log
}

const LONGEST_PAUSE_MS = 5000

/**
 * Subscribes to all channels each time the connection stands, and counts them: a connection that hears fewer than it
 * asked for is ended, and the next one asks again. One that is refused, as by a server that gives this user no channels,
 * would be so at once and for ever: each refusal in a row makes the next one wait longer.
 */
export function keepSubscribed(client: Client, place: Place): Listening {
  const { hear, begun, lost, log, isSharded } = place
  let refusals = 0
  let told = ''
  let pause: ReturnType<typeof setTimeout> | undefined
  const again = (): void => {
    pause = undefined
    client.disconnect(true)
  }
  const endPause = (): void => {
    clearTimeout(pause)
    pause = undefined
  }
  const stand = (): void => {
    refusals = 0
    told = ''
    begun()
  }
  const refused = ({ message }: Error): void => {
    // Cut off meanwhile: it comes back by itself, and asks again.
    if (client.status !== 'ready') return
    if (message !== told) log.warn({ reason: message }, 'redis: could not subscribe')
    told = message
    endPause()
    pause = setTimeout(again, pauseAfter(++refusals))
  }
  const begin = (): void => {
    endPause()
    void subscribe(client, place).then(stand, refused)
  }
  client.on(isSharded ? 'smessage' : 'message', (_channel: string, text: string) => hear(text))
  client.on('ready', begin)
  client.on('close', lost)
  client.on('end', endPause)
  if (client.status === 'ready') begin()
  return {
    get isRefused() {
      return pause !== undefined
    },
  }
}

/** Nodes that were refused together do not ask together again. */
const pauseAfter = (refusals: number): number =>
  (0.5 + Math.random() / 2) * Math.min(50 * 2 ** refusals, LONGEST_PAUSE_MS)

async function subscribe(client: Client, { channels, isSharded }: Place): Promise<void> {
  const count = isSharded
    ? await subscribeOnEach(client as Cluster, channels)
    : await (client as Redis).subscribe(...channels)
  if (count !== channels.length)
    throw new Error(`subscribed to ${String(count)} of ${channels.length} channels`)
}

/** Of a cluster's channels each lives on the server of its slot. */
async function subscribeOnEach(client: Cluster, channels: readonly string[]): Promise<number> {
  const slots = await Promise.all(channels.map((channel) => client.cluster('KEYSLOT', channel)))
  const answers: Answer[] = []
  await Promise.all(
    channels.map(async (channel, at) => {
      const server = client.slots[slots[at] ?? -1]?.[0] ?? ''
      answers.push({ server, held: Number(await client.ssubscribe(channel)) })
    }),
  )
  return addHeld(answers)
}
