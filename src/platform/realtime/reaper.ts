import type { Socket } from './connection.ts'

/** How often all sockets are looked at: one timer for all of them. */
export const TICK_MS = 2500
const PING_MS = 25_000
const SILENCE_MS = 60_000
const STUCK_MS = 10_000
const TOO_SLOW = 4408

/** Pings, and ends the sockets whose other side is dead or does not read. `lateMs`: how much the tick was late. */
export function reap(sockets: Iterable<Socket>, now: number, lateMs: number): void {
  for (const socket of sockets) {
    // While this process stood still it heard nobody: that is not their silence.
    socket.data.heardAt += lateMs
    if (now - socket.data.heardAt > SILENCE_MS) socket.terminate()
    else if (!cutIfStuck(socket, now, lateMs)) pingIfDue(socket, now)
  }
}

/** Bytes that no `drain` has moved for 10 s. A close frame would wait behind them, so the next tick cuts. */
function cutIfStuck(socket: Socket, now: number, lateMs: number): boolean {
  const { data } = socket
  if (data.isCut) {
    socket.terminate()
    return true
  }
  if (socket.getBufferedAmount() === 0) {
    data.stuckSince = 0
    return false
  }
  if (data.stuckSince === 0) data.stuckSince = now
  else data.stuckSince += lateMs
  if (now - data.stuckSince < STUCK_MS) return false
  data.isCut = true
  socket.close(TOO_SLOW, 'too slow')
  return true
}

function pingIfDue(socket: Socket, now: number): void {
  if (now - socket.data.pingedAt < PING_MS) return
  socket.data.pingedAt = now
  socket.ping()
}
