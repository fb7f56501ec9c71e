import { greet, hear } from './hearing.ts'
import { type DeviceView, type History, now, type Online } from './history.ts'
import { type Line, Lost, openLine, Refused } from './line.ts'
import type { Mirror } from './mirror.ts'
import type { FrameForm, HelloForm } from './wireForms.ts'

/** Where the node is now: a restart may move it. */
export interface Place {
  url: string
}

/** One device of a person: it stays connected, catches up, and writes down whatever it hears. */
export interface Device {
  readonly name: string
  readonly userId: string
  readonly token: string
  /** Each connection and each request goes to any of them. */
  readonly places: readonly Place[]
  readonly history: History
  readonly mirrors: Map<string, Mirror>
  /** How far this person has read, by chat. */
  readonly marks: Map<string, number>
  /** Frames that came too early, of chats whose changes are being asked for. */
  readonly asking: Map<string, FrameForm[]>
  line: Line | null
  /** How many there were so far. */
  connections: number
  online: Online | null
  /** Settles with the next line that has caught up. */
  ready: PromiseWithResolvers<Line>
  isStopped: boolean
}

export function startDevice(
  history: History,
  who: { name: string; userId: string; token: string; places: readonly Place[] },
): Device {
  const device: Device = {
    ...who,
    history,
    mirrors: new Map(),
    marks: new Map(),
    asking: new Map(),
    line: null,
    connections: 0,
    online: null,
    ready: Promise.withResolvers<Line>(),
    isStopped: false,
  }
  void stayConnected(device) // catches everything, ends with `isStopped`
  return device
}

export const anyPlace = ({ places }: Pick<Device, 'places'>): Place =>
  places[Math.floor(Math.random() * places.length)] as Place

export function stopDevice(device: Device): void {
  device.isStopped = true
  device.line?.close()
}

const FIRST_MS = 50
const LONGEST_MS = 500
/** More often than a client's 25 s: a run is short. */
const BEAT_MS = 10_000

async function stayConnected(device: Device): Promise<void> {
  for (let attempt = 0; !device.isStopped; attempt++) {
    const wasOnline = await connectOnce(device).catch((error: unknown) => {
      // Refused while it caught up: it has left a chat meanwhile, or the node is busy.
      const isKnown = error instanceof Lost || (error instanceof Refused && error.code !== 'internal')
      if (!isKnown) device.history.broken.push(`${device.name}: ${String(error)}`)
      return false
    })
    if (wasOnline) attempt = 0
    await Bun.sleep(Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt))
  }
}

/** From the handshake to the close; true if it had caught up in between. */
async function connectOnce(device: Device): Promise<boolean> {
  const hello = Promise.withResolvers<HelloForm>()
  device.connections++
  const line = await openLine(anyPlace(device).url, device.token, (frame) => {
    if (frame.type === 'hello') hello.resolve(frame.data)
    else hear(device, frame)
  })
  device.line = line
  if (device.isStopped) line.close()
  // A line that is only half there says nothing of its own: who does not answer is given up.
  const beat = setInterval(() => void line.ask('ping').catch(() => {}), BEAT_MS)
  try {
    const greeting = await Promise.race([hello.promise, line.closed.then(() => null)])
    if (greeting === null) return false
    await greet(device, line, greeting)
    device.online = { device: device.name, from: now(), to: null }
    device.history.online.push(device.online)
    device.ready.resolve(line)
    const code = await line.closed
    device.history.closes.push(code)
    if (code === 4409) device.history.broken.push(`${device.name}: closed ${code}`)
    return true
  } catch (error) {
    line.close()
    throw error
  } finally {
    clearInterval(beat)
    if (device.online !== null) {
      device.online.to = now()
      device.ready = Promise.withResolvers<Line>()
    }
    device.online = null
    device.line = null
  }
}

export const viewOf = (device: Device): DeviceView => ({
  device: device.name,
  user: device.userId,
  chats: new Map(
    [...device.mirrors].map(([id, { rev, rows, members }]) => [
      id,
      { rev, rows: new Map(rows), members: new Set(members) },
    ]),
  ),
})
