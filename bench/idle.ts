import { forget, freshFolder, residentBytes } from './machine.ts'
import { openTalk, type Speaker, type Talk } from './talking.ts'
import { type Furnishing, furnish, type Person, serve } from './warren.ts'

export interface Idle {
  connections: number
  chats: number
  /** Over what the node holds without a connection. */
  bytesPerConnection: number
}

const CHATS = 50
const MEMBERS = 100

/** B4: what connections that do nothing hold in memory, each of somebody in 50 chats. */
export async function measureIdle(steps: readonly [number, number], settleMs: number): Promise<[Idle, Idle]> {
  const folder = freshFolder('idle')
  const people = await furnish(folder, (into) => addCrowd(into, Math.max(...steps)))
  const node = await serve(folder)
  await fetch(`${node.url}/login`)
  await Bun.sleep(settleMs)
  const before = residentBytes(node.pid)
  const talks: Talk[] = []
  let open = 0
  const measure = async (connections: number): Promise<Idle> => {
    talks.push(await openTalk(node, 'warren', people.slice(open, connections).map(listener)))
    open = connections
    await Bun.sleep(settleMs)
    const bytes = residentBytes(node.pid) - before
    return { connections, chats: CHATS, bytesPerConnection: bytes / connections }
  }
  const measured: [Idle, Idle] = [await measure(steps[0]), await measure(steps[1])]
  for (const talk of talks) await talk.end()
  await node.end('SIGKILL')
  forget(folder)
  return measured
}

const listener = ({ token }: Person): Speaker => ({ token, chatId: 'any', lastSeq: 0, window: 0 })

/** As many chats of 100 as put everybody into 50. */
async function addCrowd(into: Furnishing, count: number): Promise<Person[]> {
  const people = await into.addPeople(count)
  const chats = (count * CHATS) / MEMBERS
  for (let chat = 0; chat < chats; chat++) {
    const first = Math.floor((chat * count) / chats)
    into.addChat(
      'channel',
      Array.from({ length: MEMBERS }, (_, i) => people[(first + i) % count] as Person),
    )
  }
  return people
}
