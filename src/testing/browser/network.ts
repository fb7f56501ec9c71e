import type { Socket } from 'bun'

/** The network between a browser and a node, which can be cut: a browser's own "offline" leaves open sockets alone. */
export interface Network {
  url: string
  /** Every connection ends at once, and none can be made. */
  cut(): void
  mend(): void
  close(): void
}

interface Pair {
  /** The other end; what comes before it is open waits. */
  other: Promise<Socket<Pair>>
}

export function openNetwork(to: string): Network {
  const { hostname, port } = new URL(to)
  const open = new Set<Socket<Pair>>()
  let isCut = false
  const pass = {
    data: (socket: Socket<Pair>, bytes: Buffer<ArrayBuffer>) => {
      const copy = Buffer.from(bytes)
      void socket.data.other.then((other) => send(other, copy)).catch(() => socket.terminate())
    },
    close: (socket: Socket<Pair>) => {
      open.delete(socket)
      void socket.data.other.then((other) => other.end()).catch(() => undefined)
    },
    error: (socket: Socket<Pair>) => void socket.terminate(),
    drain: (socket: Socket<Pair>) => flush(socket),
  }
  const listener = Bun.listen<Pair>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      ...pass,
      open: (socket) => {
        if (isCut) return void socket.terminate()
        open.add(socket)
        const mine = { data: { other: Promise.resolve(socket) }, socket: pass }
        socket.data = { other: Bun.connect<Pair>({ hostname, port: Number(port), ...mine }) }
        socket.data.other.then((other) => open.add(other)).catch(() => socket.terminate())
      },
    },
  })
  return {
    url: `http://127.0.0.1:${listener.port}`,
    cut: () => {
      isCut = true
      for (const socket of open) socket.terminate()
      open.clear()
    },
    mend: () => {
      isCut = false
    },
    close: () => listener.stop(true),
  }
}

/** What did not fit into a socket yet. */
const left = new WeakMap<Socket<Pair>, Buffer[]>()

function send(socket: Socket<Pair>, bytes: Buffer): void {
  left.set(socket, [...(left.get(socket) ?? []), bytes])
  flush(socket)
}

function flush(socket: Socket<Pair>): void {
  const waiting = Buffer.concat(left.get(socket) ?? [])
  const written = Math.max(0, socket.write(waiting))
  left.set(socket, written < waiting.length ? [waiting.subarray(written)] : [])
}
