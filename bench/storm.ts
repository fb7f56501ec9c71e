import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forget, freshFolder, loadProgram, ROOT, start } from './machine.ts'
import { type Chat, type Furnishing, furnish, type Person, serveWith } from './warren.ts'

/** What `storm` counted: times are seconds from the moment that all were cut. */
export interface Storm {
  clients: number
  synced: number
  wrong: number
  attempts: number
  refused: number
  lost: number
  half: number
  most: number
  all: number
  /** Until 99 % hear live messages again. */
  blackout: number
  serverCpu: number
  ownCpu: number
}

export interface Storms {
  policy: Policy
  /** With the node's own bounds, and with them lifted. */
  bounded: Storm
  lifted: Storm
  bare: Storm
}

export type Policy = 'herd' | 'jitter'

const CHATS = 20
const MEMBERS = 100
const MISSED = 5

/** B8: everybody comes back to a node that has just been started, and has missed 5 messages in each of 20 chats. */
export async function measureStorm(policy: Policy, clients: number): Promise<Storms> {
  const folder = freshFolder('storm')
  const { people, chats } = await furnish(folder, (into) => addCrowd(into, clients))
  const files = writeFiles(folder, people, chats)
  const toWarren = async (factor: string): Promise<Storm> => {
    const node = await serveWith(folder, { WARREN_LIMITS_FACTOR: factor })
    const storm = await rage({ node, form: 'warren', files, policy })
    await node.end('SIGKILL')
    return storm
  }
  const bounded = await toWarren('1')
  const lifted = await toWarren('1000')
  const bare = await toBare(files, policy)
  forget(folder)
  return { policy, bounded, lifted, bare }
}

async function toBare(files: Files, policy: Policy): Promise<Storm> {
  const server = start([process.execPath, `${ROOT}/bench/reference/upgrade.ts`], { core: 'measured' })
  const port = Number(await server.line())
  const storm = await rage({ node: { pid: server.pid, port }, form: 'bare', files, policy })
  await server.end('SIGKILL')
  return storm
}

interface Raging {
  node: { pid: number; port: number }
  form: 'warren' | 'bare'
  files: Files
  policy: Policy
}

async function rage({ node, form, files, policy }: Raging): Promise<Storm> {
  const words = [node.port, form, files.chats, files.clients, MISSED, node.pid].map(String)
  const program = start([loadProgram('storm'), ...words], { core: 'measuring' })
  await program.line()
  const storm = JSON.parse(await program.ask(`run ${policy}`)) as Storm
  await program.end()
  if (storm.wrong > 0 || storm.synced < storm.clients)
    throw new Error(`not everybody came back whole: ${JSON.stringify(storm)}`)
  return storm
}

interface Crowd {
  people: readonly Person[]
  /** With the numbers of their members. */
  chats: readonly { chat: Chat; known: number; members: readonly number[] }[]
}

/** As many chats of 100 as put everybody into 20. */
async function addCrowd(into: Furnishing, count: number): Promise<Crowd> {
  const people = await into.addPeople(count)
  const chatCount = (count * CHATS) / MEMBERS
  const chats = Array.from({ length: chatCount }, (_, at) => {
    const first = Math.floor((at * count) / chatCount)
    const members = Array.from({ length: MEMBERS }, (_, i) => (first + i) % count)
    const chat = into.addChat(
      'channel',
      members.map((i) => people[i] as Person),
    )
    into.addMessages(chat, MISSED)
    // A rev for each membership, and one for the message that everybody has seen.
    return { chat, known: MEMBERS + 1, members }
  })
  return { people, chats }
}

interface Files {
  chats: string
  clients: string
}

function writeFiles(folder: string, people: Crowd['people'], chats: Crowd['chats']): Files {
  const files = { chats: join(folder, 'chats'), clients: join(folder, 'clients') }
  const theirs = people.map((): number[] => [])
  for (const [at, { members }] of chats.entries()) for (const i of members) theirs[i]?.push(at)
  writeFileSync(files.chats, chats.map(({ chat, known }) => `${chat.id} ${known}\n`).join(''))
  writeFileSync(
    files.clients,
    people.map(({ token }, i) => `${token} ${theirs[i]?.length} ${theirs[i]?.join(' ')}\n`).join(''),
  )
  return files
}
