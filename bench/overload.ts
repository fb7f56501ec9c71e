import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  cpuSeconds,
  forget,
  freshFolder,
  loadProgram,
  type Program,
  residentBytes,
  start,
} from './machine.ts'
import { openPace, type Pace, type Paced, type Place, requireAll } from './pace.ts'
import { CONTENT_LENGTH, type Compared, compare, type Side } from './talking.ts'
import { type Chat, furnish, type Serving, serveWith } from './warren.ts'

/** What `post` counted; latencies are milliseconds. */
export interface Posted {
  asked: number
  /** Before the time was up, and in all. */
  created: number
  stored: number
  limited: number
  unavailable: number
  /** Refusals that do not say when to come again. */
  untold: number
  others: number
  broken: number
  unanswered: number
  p50: number
  p99: number
  seconds: number
}

export interface Overload {
  clients: number
  /** `lifted` asks of the node what it can do, `kept` what it lets people do. */
  limits: 'lifted' | 'kept'
  posted: Posted
  /** CPU of a message stored for 64 connections by CPU of one stored during it: the share of the capacity that is left. */
  goodput: Compared | null
  /** People who say one message a second in a chat of their own, during it and without it. */
  healthy: Paced
  quiet: Paced
  /** At its end and in its middle, in bytes. */
  resident: { middle: number; end: number }
}

const CHATS = 20
const MEMBERS = 10
/** One in a hundred of those who listen never reads. */
const DEAF = (CHATS * MEMBERS) / 100
const HEALTHY = 10
/** One client's connections, none of which ever rests. */
const EACH = 5

/** B12: five requests at once of each of so many posters, against what fewer get done, while others go on talking. */
export async function measureOverload(
  at: Pick<Overload, 'clients' | 'limits'>,
  seconds: number,
): Promise<Overload> {
  const folder = freshFolder('overload')
  const { chats, own } = await furnish(folder, async (into) => {
    const people = await into.addPeople(CHATS * MEMBERS + HEALTHY)
    const chats = Array.from({ length: CHATS }, (_, i) =>
      into.addChat('channel', people.slice(i * MEMBERS, (i + 1) * MEMBERS)),
    )
    return { chats, own: into.addChat('channel', people.slice(CHATS * MEMBERS)) }
  })
  const node = await serveWith(folder, { WARREN_LIMITS_FACTOR: at.limits === 'lifted' ? '1000000' : '1' })
  const pace = await openPace(placesOf(node, chats, own), 'measuring')
  const quiet = requireAll(await pace.run(seconds / 2, HEALTHY))
  const many = await openPosters(node, chats, { count: at.clients * EACH, folder })
  const goodput = at.limits === 'lifted' ? await goodputOf({ node, many }, { chats, folder }) : null
  const during = await rage({ node, many, pace }, seconds)
  await many.end('SIGTERM')
  await pace.end()
  await node.end('SIGKILL')
  forget(folder)
  return { ...at, goodput, quiet, ...during }
}

/** Members of the chats that are posted to listen or are deaf; those in the chat of their own speak. */
function placesOf({ port }: Serving, chats: readonly Chat[], own: Chat): Place[] {
  const place = (chat: Chat, i: number, role: Place['role']): Place => ({
    ...{ port, token: chat.members[i]?.token ?? '', chatId: chat.id, role },
  })
  return [
    ...chats.flatMap((chat, c) =>
      chat.members.map((_, i) => place(chat, i, i === 0 && c < DEAF ? 'deaf' : 'hear')),
    ),
    ...own.members.map((_, i) => place(own, i, 'say')),
  ]
}

const openPosters = async (
  { port }: Serving,
  chats: readonly Chat[],
  { count, folder }: { count: number; folder: string },
): Promise<Program> => {
  const posters = join(folder, `posters-${count}`)
  const lines = Array.from({ length: count }, (_, i) => {
    const chat = chats[i % chats.length]
    const member = chat?.members[Math.floor(i / chats.length) % MEMBERS]
    return `${member?.token} ${chat?.id}\n`
  })
  writeFileSync(posters, lines.join(''))
  const words = [String(port), posters, String(CONTENT_LENGTH)]
  const program = start([loadProgram('post'), ...words], { core: 'measuring' })
  await program.line()
  return program
}

const FEW = 64
const PAIRING = { pairs: 5, seconds: 3 }

/** In turn, so that what else the machine does falls on both. */
async function goodputOf(
  { node, many }: Pick<Raging, 'node' | 'many'>,
  { chats, folder }: { chats: readonly Chat[]; folder: string },
): Promise<Compared> {
  const few = await openPosters(node, chats, { count: FEW, folder })
  const sideOf = (posters: Program): Side => ({
    run: async (seconds) => {
      const before = cpuSeconds(node.pid)
      const block = JSON.parse(await posters.ask(`run ${seconds}`)) as Posted
      return { cost: ((cpuSeconds(node.pid) - before) * 1e6) / block.stored, block }
    },
  })
  const compared = await compare(sideOf(few), sideOf(many), PAIRING)
  await few.end('SIGTERM')
  return compared
}

interface Raging {
  node: Serving
  many: Program
  pace: Pace
}

async function rage({ node, many, pace }: Raging, seconds: number) {
  const posting = many.ask(`run ${seconds}`)
  const talking = pace.run(seconds, HEALTHY)
  await Bun.sleep((seconds * 1000) / 2)
  const middle = residentBytes(node.pid)
  await Bun.sleep((seconds * 1000) / 2)
  const end = residentBytes(node.pid)
  return { posted: JSON.parse(await posting) as Posted, healthy: await talking, resident: { middle, end } }
}
