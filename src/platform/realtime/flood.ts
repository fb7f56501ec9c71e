import { Refusal } from '../errors.ts'
import type { Connection, Socket } from './connection.ts'

const FLOODING = 4429
/** A flood is over when nothing had to be refused for so long. */
const PAUSE_MS = 2000
const FLOOD_MS = 10_000

const WINDOW_MS = 5000
const FRAMES_A_WINDOW = 500
const MAX_RUNNING = 256

/** What any frame costs, whatever its own limit is: the refusal when it is too much, null when it is not. */
export function countFrame(connection: Connection, factor: number): Refusal | null {
  const now = performance.now()
  if (now - connection.windowAt >= WINDOW_MS) {
    connection.windowAt = now
    connection.frames = 0
  }
  connection.frames++
  if (connection.frames <= FRAMES_A_WINDOW * factor && connection.running <= MAX_RUNNING * factor) return null
  const retryAfterMs = Math.ceil(connection.windowAt + WINDOW_MS - now)
  return new Refusal('rate_limited', 'too_many_frames', { retryAfterMs })
}

/** Who goes on for 10 s against `rate_limited` is cut. */
export function noteLimited(socket: Socket, now = performance.now()): void {
  const connection = socket.data
  if (now - connection.limitedAt > PAUSE_MS) connection.floodSince = now
  connection.limitedAt = now
  if (now - connection.floodSince >= FLOOD_MS) socket.close(FLOODING, 'flooding')
}
