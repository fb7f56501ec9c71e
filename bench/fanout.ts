import { forget, freshFolder, ROOT, start } from './machine.ts'
import {
  type Compared,
  compare,
  type Form,
  openTalk,
  type Pairing,
  type Side,
  type Speaker,
  warmUp,
} from './talking.ts'
import { furnish, serve } from './warren.ts'

/** How many hear each message, and how many messages are on their way at once. */
export interface Shape {
  members: number
  inFlight: number
}

export interface FanOut extends Shape {
  /** CPU per delivery against bare `server.publish`. */
  bare: Compared
  /** Against peers that store nothing. */
  peers: Record<string, Compared>
  /** Bare against itself: 1, or the session says nothing. */
  nothing: Compared
}

interface Opened extends Side {
  frameBytes: number
  end(): Promise<unknown>
}

/** In flight are one message each of as many members, or several each of all of them. */
const speakersOf = (
  { members, inFlight }: Shape,
  speaker: (i: number) => Omit<Speaker, 'window'>,
): Speaker[] =>
  Array.from({ length: members }, (_, i) => ({
    ...speaker(i),
    window: Math.floor(inFlight / members) + (i < inFlight % members ? 1 : 0),
  }))

/** B1: what a delivery costs, storing and acknowledging included, against what it costs at least. */
export async function measureFanOut(
  shape: Shape,
  pairing: Pairing,
  peers: readonly string[],
): Promise<FanOut> {
  const warren = await openWarren(shape)
  const bare = await openReference('publish.ts', shape, warren.frameBytes)
  const compared: FanOut = {
    ...shape,
    bare: await compare(warren, bare, pairing),
    nothing: await compare(bare, bare, { ...pairing, pairs: Math.max(3, Math.floor(pairing.pairs / 2)) }),
    peers: {},
  }
  await bare.end()
  for (const name of peers) {
    const peer = await openReference(name, shape, warren.frameBytes)
    compared.peers[name] = await compare(warren, peer, { ...pairing, pairs: 3 })
    await peer.end()
  }
  await warren.end()
  return compared
}

async function openWarren(shape: Shape): Promise<Opened> {
  const folder = freshFolder('fanout')
  const { people, chat } = await furnish(folder, async (into) => {
    const people = await into.addPeople(shape.members)
    return { people, chat: into.addChat('channel', people) }
  })
  const node = await serve(folder)
  const speakers = speakersOf(shape, (i) => ({
    token: people[i]?.token ?? '',
    chatId: chat.id,
    lastSeq: chat.lastSeq,
  }))
  const talk = await openTalk(node, 'warren', speakers)
  const { frameBytes } = await warmUp(talk)
  return {
    ...sideOf(talk),
    frameBytes,
    end: async () => {
      await talk.end()
      await node.end('SIGKILL')
      forget(folder)
    },
  }
}

const FORMS: Record<string, Form> = { 'socketio.mjs': 'socketio' }

async function openReference(name: string, shape: Shape, frameBytes: number): Promise<Opened> {
  const runtime = name.endsWith('.mjs') ? 'node' : process.execPath
  const server = start([runtime, `${ROOT}/bench/reference/${name}`, String(frameBytes)], { core: 'measured' })
  const port = Number(await server.line())
  const speakers = speakersOf(shape, () => ({ token: 'none', chatId: 'chat', lastSeq: 0 }))
  const talk = await openTalk({ pid: server.pid, port }, FORMS[name] ?? 'echo', speakers)
  return {
    ...sideOf(talk),
    frameBytes,
    end: async () => {
      await talk.end()
      await server.end('SIGKILL')
    },
  }
}

/** Microseconds of the server for each delivery. */
const sideOf = (talk: Awaited<ReturnType<typeof openTalk>>): Side => ({
  run: async (seconds) => {
    const block = await talk.run(seconds)
    return { cost: (block.serverCpu * 1e6) / block.deliveries, block }
  },
})
