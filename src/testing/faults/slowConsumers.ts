import { newHistory } from '../checker/history.ts'
import { type Line, openLine } from '../checker/line.ts'
import { dice } from '../checker/load.ts'
import { conclude, quiet, settle, stopWorld, type World } from '../checker/world.ts'
import { createVictim } from './executable.ts'
import { memoryOf, openFiles, percentile } from './figures.ts'
import { openRawSocket, type RawSocket } from './rawSocket.ts'

export interface SlowConsumers {
  findings: string[]
  /** Sockets that were still open when all had to be cut. */
  uncut: number
  /** Acks of whoever sends, with and without slow readers, in ms. */
  baseP99: number
  ackP99: number
  grownMb: number
  closes: number[]
}

interface Burst {
  stopped: number
  crawling: number
  messages: number
  /** How long they are given to be cut. */
  cutMs: number
}

const CATCH_UP_MS = 20_000
const CONTENT = 'burst '.repeat(2500)

/** Sockets that stop reading, and some that crawl, in a chat that is talked in: they are cut, nobody else notices. */
export async function stopReading(command: string[], burst: Burst): Promise<SlowConsumers> {
  const victim = createVictim(command)
  try {
    await victim.start()
    const world = await settle(victim.ground, newHistory(), dice(1))
    await quiet(world, CATCH_UP_MS)
    const line = await openLine(world.place.url, world.people.ada.token, () => {})
    const base = await talk(world, line, burst.messages)
    const files = openFiles(victim.pid)
    const slow = await openSlow(world, burst)
    const before = memoryOf(victim.pid)
    const acks = await talk(world, line, burst.messages)
    const grownMb = memoryOf(victim.pid) - before
    await Bun.sleep(burst.cutMs)
    const uncut = Math.max(0, openFiles(victim.pid) - files)
    const closes = await Promise.all(slow.map(closeOf))
    await quiet(world, CATCH_UP_MS)
    await conclude(world)
    stopWorld(world)
    const [baseP99, ackP99] = [percentile(base, 0.99), percentile(acks, 0.99)]
    line.close()
    return {
      findings: judge(world, { uncut, closes, grownMb, baseP99, ackP99 }),
      uncut,
      baseP99,
      ackP99,
      grownMb,
      closes,
    }
  } finally {
    await victim.bury()
  }
}

async function openSlow({ place, people }: World, { stopped, crawling }: Burst): Promise<RawSocket[]> {
  const sockets: RawSocket[] = []
  for (let n = 0; n < stopped + crawling; n++) {
    const socket = await openRawSocket(place.url, people.bo.token)
    socket.readAt(n < stopped ? 0 : 1000)
    sockets.push(socket)
  }
  return sockets
}

/** One after another, as fast as they are acknowledged but at most 100 a second. */
export async function talk({ chats }: World, line: Line, messages: number): Promise<number[]> {
  const acks: number[] = []
  for (let n = 0; n < messages; n++) {
    const began = performance.now()
    const client_id = crypto.randomUUID()
    await line.ask('send_message', { chat_id: chats.tea, client_id, content: CONTENT })
    acks.push(performance.now() - began)
    await Bun.sleep(Math.max(0, 10 - (performance.now() - began)))
  }
  return acks
}

const READ_MS = 30_000

/** Only who reads to the end of what is under way sees that the connection was cut. */
async function closeOf(socket: RawSocket): Promise<number> {
  socket.readAt(Number.POSITIVE_INFINITY)
  const code = await Promise.race([socket.closed, Bun.sleep(READ_MS).then(() => 0)])
  socket.end()
  return code
}

type Measured = Omit<SlowConsumers, 'findings'>

function judge({ history }: World, { uncut, closes, grownMb, baseP99, ackP99 }: Measured): string[] {
  const otherwise = closes.filter((code) => code !== 4408 && code !== 1006)
  const bos = history.devices.filter(({ device }) => device.startsWith('bo'))
  const behind = bos.filter(({ chats }) =>
    history.stored.some(({ id, rev, rows }) => {
      const view = chats.get(id)
      return view !== undefined && (view.rev < rev || view.rows.size < rows.length)
    }),
  )
  return [
    ...(uncut === 0 ? [] : [`${uncut} were not cut`]),
    ...(otherwise.length === 0 ? [] : [`cut with ${otherwise.join(' ')}`]),
    ...(grownMb < 100 ? [] : [`grown by ${grownMb} MB`]),
    // Below 50 ms the machine's own noise is more than that.
    ...(ackP99 < Math.max(50, 2 * baseP99) ? [] : [`acks within ${ackP99} ms, before ${baseP99} ms`]),
    ...behind.map(({ device }) => `${device} is behind`),
    ...history.broken,
  ]
}
