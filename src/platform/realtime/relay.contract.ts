import { afterEach, expect, test } from 'bun:test'
import type { Relay } from './relay.ts'

export interface RelayGround {
  /** A further node, once it can be heard and hears. */
  join(): Promise<Relay>
}

/** A node that writes down what it hears. */
export interface Listener {
  relay: Relay
  heard: string[]
  /** Settles when so many packets were heard. */
  until(count: number): Promise<void>
}

export function listenTo(relay: Relay): Listener {
  const heard: string[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  relay.listen((packet) => {
    heard.push(packet)
    for (const each of waiting) if (heard.length >= each.count) each.resolve()
    waiting = waiting.filter(({ count }) => heard.length < count)
  })
  const until = (count: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (heard.length >= count) resolve()
    else waiting.push({ count, resolve })
    return promise
  }
  return { relay, heard, until }
}

/** What every relay promises while nothing is lost, whatever stands behind it. */
export function keepsRelayContract(open: () => Promise<RelayGround>): void {
  const listeners: Listener[] = []
  const join = async (ground: RelayGround): Promise<Listener> => {
    const listener = listenTo(await ground.join())
    listeners.push(listener)
    return listener
  }
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map(({ relay }) => relay.close()))
  })
  const three = async (): Promise<[Listener, Listener, Listener]> => {
    const ground = await open()
    const all = [await join(ground), await join(ground), await join(ground)] as const
    await Promise.all(all.map(({ relay }) => untilHealthy(relay)))
    return [...all]
  }

  test('every other node hears a packet once, and its sender does not', async () => {
    const [a, b, c] = await three()

    a.relay.send('chat', 'one')
    b.relay.send('chat', 'two')
    await Promise.all([a.until(1), b.until(1), c.until(2)])

    expect(a.heard).toEqual(['two'])
    expect(b.heard).toEqual(['one'])
    expect(c.heard.toSorted()).toEqual(['one', 'two'])
  })

  test('packets of one key keep their order, over many turns of the loop (C4)', async () => {
    const [a, b] = await three()
    const sent = Array.from({ length: 500 }, (_, at) => `${at} ${'ё'.repeat(at)}`)

    for (const [at, packet] of sent.entries()) {
      a.relay.send('chat', packet)
      if (at % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await b.until(sent.length)

    expect(b.heard).toEqual(sent)
  })

  test('packets of two hundred keys all arrive', async () => {
    const [a, b] = await three()
    const sent = Array.from({ length: 200 }, (_, at) => `packet ${at}`)

    for (const packet of sent) a.relay.send(crypto.randomUUID(), packet)
    await b.until(sent.length)

    expect(b.heard.toSorted()).toEqual(sent.toSorted())
  })

  test('any line is carried as it is', async () => {
    const [a, b] = await three()
    const odd = ['', ' ', '.a', '{"a":"\\n"}', '\u2028', '😀'.repeat(20_000)]

    for (const packet of odd) a.relay.send('chat', packet)
    await b.until(odd.length)

    expect(b.heard).toEqual(odd)
  })
}

/** Settles when it is so, or has become so. */
export const untilHealthy = (relay: Relay, isHealthy = true): Promise<void> =>
  new Promise((resolve) => {
    if (relay.isHealthy === isHealthy) resolve()
    relay.onHealth((now) => now === isHealthy && resolve())
  })
