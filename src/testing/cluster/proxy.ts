import { createServer, connect as dial, type Socket } from 'node:net'
import { link, type Wire } from './proxy.wire.ts'

/** Bytes from those who connect, and to them. */
export type Way = 'there' | 'back'

/** The statement itself, to its end: `synchronous_commit` is asked for too. For `cutAfter`. */
export const COMMIT = 'commit\0'

/** A wire between two processes that can be made worse. It listens on 127.0.0.1. */
export interface TcpProxy {
  readonly port: number
  /** The same address, but by way of this proxy. */
  via(url: string): string
  /** Each piece takes so long, and up to `jitterMs` more; 0 ends it. */
  delay(ms: number, jitterMs?: number): void
  /** Bytes a second of one connection, each way; Infinity ends it. */
  throttle(bytesPerSecond: number): void
  /** Pieces of so many bytes at most; Infinity ends it. */
  slice(bytes: number): void
  /** Nothing goes these ways any more, and nobody is told, not even of an end; none heals it, and what waited goes on. */
  hold(...ways: Way[]): void
  /** All connections end at once. */
  cut(): void
  /** Whether who connects is cut at once. */
  refuse(isRefusing: boolean): void
  /**
   * Cuts a connection right after it was asked something that holds these words, before the answer is back, with this
   * chance; null ends it. Gives how often that was done.
   */
  cutAfter(words: string | null, chance?: () => boolean): void
  readonly cuts: number
  /** Connections open now. */
  readonly open: number
  close(): Promise<void>
}

export interface Weather {
  delayMs: number
  jitterMs: number
  bytesPerSecond: number
  pieceBytes: number
  held: ReadonlySet<Way>
  isRefusing: boolean
  words: string | null
  chance: () => boolean
  cuts: number
}

/** Stands between whoever connects here and `target`. */
export async function startProxy(target: { port: number }): Promise<TcpProxy> {
  const weather: Weather = {
    delayMs: 0,
    jitterMs: 0,
    bytesPerSecond: Infinity,
    pieceBytes: Infinity,
    held: new Set(),
    isRefusing: false,
    words: null,
    chance: () => true,
    cuts: 0,
  }
  const wires = new Set<Wire>()
  const server = createServer({ allowHalfOpen: true }, (near: Socket) => {
    if (weather.isRefusing) return void near.resetAndDestroy()
    const far = dial({ port: target.port, host: '127.0.0.1', allowHalfOpen: true })
    const wire = link(weather, near, far)
    wires.add(wire)
    wire.onEnd(() => wires.delete(wire))
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  return {
    port,
    via: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    delay: (ms, jitterMs = 0) => Object.assign(weather, { delayMs: ms, jitterMs }),
    throttle: (bytesPerSecond) => Object.assign(weather, { bytesPerSecond }),
    slice: (pieceBytes) => Object.assign(weather, { pieceBytes }),
    hold: (...ways) => {
      weather.held = new Set(ways)
      for (const wire of wires) wire.goOn()
    },
    cut: () => {
      for (const wire of wires) wire.cut()
    },
    refuse: (isRefusing) => Object.assign(weather, { isRefusing }),
    cutAfter: (words, chance = () => true) => Object.assign(weather, { words, chance }),
    get cuts() {
      return weather.cuts
    },
    get open() {
      return wires.size
    },
    close: async () => {
      for (const wire of wires) wire.cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
