import type { Socket } from 'node:net'
import type { Way, Weather } from './proxy.ts'

/** One connection through a proxy. */
export interface Wire {
  /** Looks again whether anything may go on. */
  goOn(): void
  /** Both sides see a reset. */
  cut(): void
  onEnd(then: () => void): void
}

/** What is under way: a piece, or the end of the stream (null). */
interface Piece {
  dueAt: number
  bytes: Buffer | null
}

interface Lane {
  way: Way
  from: Socket
  to: Socket
  queue: Piece[]
  lastDueAt: number
  timer: Timer | undefined
}

/** More than this many pieces wait in the sender's own buffers. */
const MOST_PIECES = 256

export function link(weather: Weather, near: Socket, far: Socket): Wire {
  const lanes = [newLane('there', near, far), newLane('back', far, near)]
  const ends: (() => void)[] = []
  const cut = (): void => {
    for (const { timer } of lanes) clearTimeout(timer)
    near.resetAndDestroy()
    far.resetAndDestroy()
    for (const end of ends.splice(0)) end()
  }
  for (const lane of lanes) {
    lane.from.setNoDelay(true)
    lane.from.on('data', (bytes: Buffer) => {
      for (const piece of piecesOf(bytes, weather.pieceBytes)) put(weather, lane, piece)
      if (lane.queue.length > MOST_PIECES) lane.from.pause()
      pump(weather, lane)
      if (lane.way === 'there' && asks(weather, bytes)) {
        weather.cuts++
        // One turn later: the words have left.
        setImmediate(cut)
      }
    })
    lane.from.on('end', () => {
      put(weather, lane, null)
      pump(weather, lane)
    })
    // A reset that nobody would hear of while the wire is held.
    lane.from.on('error', () => {
      if (weather.held.size === 0) cut()
    })
    lane.from.on('close', () => {
      if (near.destroyed && far.destroyed) cut()
      else if (weather.held.size === 0 && lane.queue.length === 0) lane.to.end()
    })
  }
  return {
    goOn: () => {
      for (const lane of lanes) pump(weather, lane)
      if (weather.held.size === 0 && lanes.some(({ from }) => from.destroyed)) cut()
    },
    cut,
    onEnd: (then) => ends.push(then),
  }
}

const newLane = (way: Way, from: Socket, to: Socket): Lane => ({
  way,
  from,
  to,
  queue: [],
  lastDueAt: 0,
  timer: undefined,
})

const asks = ({ words, chance }: Weather, bytes: Buffer): boolean =>
  words !== null && bytes.includes(words) && chance()

function piecesOf(bytes: Buffer, most: number): Buffer[] {
  if (bytes.length <= most) return [bytes]
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += most) pieces.push(bytes.subarray(at, at + most))
  return pieces
}

/** Never before the one in front of it. */
function put({ delayMs, jitterMs, bytesPerSecond }: Weather, lane: Lane, bytes: Buffer | null): void {
  const now = performance.now()
  const takesMs = bytesPerSecond === Infinity ? 0 : ((bytes?.length ?? 0) / bytesPerSecond) * 1000
  const dueAt = Math.max(now + delayMs + Math.random() * jitterMs, lane.lastDueAt) + takesMs
  lane.lastDueAt = dueAt
  lane.queue.push({ dueAt, bytes })
}

function pump(weather: Weather, lane: Lane): void {
  clearTimeout(lane.timer)
  while (!weather.held.has(lane.way)) {
    const [piece] = lane.queue
    if (piece === undefined) break
    const wait = piece.dueAt - performance.now()
    if (wait > 0) {
      lane.timer = setTimeout(() => pump(weather, lane), wait)
      return
    }
    lane.queue.shift()
    if (piece.bytes === null) lane.to.end()
    else lane.to.write(piece.bytes)
  }
  if (lane.queue.length <= MOST_PIECES) lane.from.resume()
}
