import type { HttpServer } from '../http/server.ts'
import type { Clockwork } from './clockwork.ts'
import type { Socket } from './connection.ts'
import type { Realtime } from './socket.ts'

const RESTARTING = 1012
/** For what was begun: longer than any statement may take. */
const FINISH_MS = 10_000
const SPREAD_MS = 10_000
/** Sockets closed in a millisecond: a handful leaves at once, ten thousand over the whole 10 s. */
const A_MS = 1

export interface Draining {
  realtime: Realtime
  http: HttpServer
  clockwork: Clockwork
}

/**
 * Leaves in order (C13): the roof has made `/readyz` say no. Nothing new is begun, what was begun is finished and
 * acked, then the sockets are told, closed spread over at most 10 s, and the listener ends.
 */
export async function drain({ realtime, http, clockwork }: Draining): Promise<void> {
  const { desk } = realtime
  desk.isClosed = true
  http.refuseNew()
  await until(() => desk.running === 0 && http.running === 0, FINISH_MS)
  // The last acks are said one turn later than their handlers end.
  await new Promise((resolve) => setImmediate(resolve))
  await sayGoodbye(realtime.sockets)
  clockwork.stop()
  await http.server.stop(true)
}

/** Tells the sockets to come again elsewhere, and closes them, spread over at most 10 s. */
export async function sayGoodbye(open: ReadonlySet<Socket>): Promise<void> {
  const sockets = [...open]
  const spread = Math.min(SPREAD_MS, sockets.length / A_MS)
  for (const socket of sockets) {
    const data = { retry_after_ms: Math.round(500 + Math.random() * spread) }
    socket.send(JSON.stringify({ type: 'going_away', data }))
  }
  const pace = spread / Math.max(1, sockets.length)
  const began = performance.now()
  for (const [at, socket] of sockets.entries()) {
    if (performance.now() - began < at * pace) await Bun.sleep(10)
    socket.close(RESTARTING, 'restarting')
  }
  await until(() => open.size === 0, 1000)
}

/** Looks every few milliseconds; gives up when the time is over. */
async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!isSo() && performance.now() < end) await Bun.sleep(5)
}
