import type { Redis } from '../redis/redis.ts'
import { type Pulse, startPulse } from './pulse.ts'
import type { Relay } from './relay.ts'

export interface RelayPlace {
  /** Names the installation: others may share the server. */
  installation: string
  /** Names this process. */
  node: string
}

/** Fixed, so that all are subscribed from the start and a chat needs no subscription of its own. */
const CHANNELS = 64

/** Packets by Redis: what is told in one turn of the loop goes out once a channel. */
export function createRedisRelay(redis: Redis, { installation, node }: RelayPlace): Relay {
  const channels = Array.from({ length: CHANNELS }, (_, at) => `warren:${installation}:${at}`)
  let waiting = new Map<string, string[]>()
  let hear = (_packet: string): void => {}
  let pulse: Pulse | undefined

  const flush = (): void => {
    const now = waiting
    waiting = new Map()
    for (const [channel, packets] of now) redis.publish(channel, `${node}\n${packets.join('\n')}`)
  }
  const send = (channel: string, packet: string): void => {
    // The queue of ticks comes after all microtasks, and these tell the whole batch.
    if (waiting.size === 0) process.nextTick(flush)
    const packets = waiting.get(channel)
    if (packets === undefined) waiting.set(channel, [packet])
    else packets.push(packet)
  }
  const take = (text: string): void => {
    if (text.startsWith(`${node}\n`)) return feel(text)
    const [, ...packets] = text.split('\n')
    for (const packet of packets) if (!packet.startsWith(BEAT)) hear(packet)
  }
  /** Of what is our own only the beat is looked for. */
  const feel = (text: string): void => {
    const at = text.indexOf(`\n${BEAT}`)
    if (at < 0) return
    const [count, channel] = text.slice(at + 1 + BEAT.length).split(' ', 2)
    pulse?.felt(Number(count), Number.parseInt(channel ?? '', 10))
  }
  return {
    isShared: true,
    get isHealthy() {
      return redis.isHealthy
    },
    onHealth: redis.onHealth,
    send: (key, packet) => {
      if (redis.isHealthy) send(channels[slotOf(key)] as string, packet)
    },
    listen: (listener) => {
      hear = listener
      pulse = startPulse(redis, {
        channels: CHANNELS,
        say: (count, channel) => send(channels[channel] as string, `${BEAT}${count} ${channel}`),
      })
      redis.subscribe({ channels, hear: take, begun: () => pulse?.begun(), lost: () => pulse?.lost() })
    },
    close: async () => {
      pulse?.stop()
      redis.close()
    },
  }
}

/** Begins what is no packet: a node's own pulse. No packet begins so, for each begins with a letter. */
const BEAT = '♥'

/** FNV-1a of the key: the same on every node. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % CHANNELS
}
