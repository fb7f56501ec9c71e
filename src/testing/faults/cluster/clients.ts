import { now } from '../../checker/history.ts'
import { openLine } from '../../checker/line.ts'
import { memoryOf, openFiles, percentile } from '../figures.ts'
import { openRawSocket, type RawSocket } from '../rawSocket.ts'
import { type ClusterFault, note, pickNode, require, type Scene, until } from './scene.ts'

/** What befalls the people's side of the wire, and the door. */

const CUT_MS = 25_000
const GROWTH_MB = 100
const BURST = 'burst '.repeat(2500)
/** Messages of a burst, 9 MB: what the kernel holds for a reader and the node's own MB are less, on a slow machine too. */
const MORE_THAN_HELD = 600

export const slowReaders: ClusterFault = {
  id: 'F27',
  what: 'readers of one node stand still or crawl',
  rounds: 2,
  smallRounds: 1,
  inject: async (scene) => {
    const { world } = scene
    const node = pickNode(scene)
    const { url } = node.victim.place
    const line = await openLine(url, world.people.ada.token, () => {})
    const ms = scene.isSmall ? 4000 : 10_000
    const base = await talkFor(scene, line, { ms, atLeast: 0 })
    const files = openFiles(node.victim.pid)
    const before = memoryOf(node.victim.pid)
    const slow = await openSlow(url, world.people.bo.token, scene.isSmall ? 20 : 50)
    const acks = await talkFor(scene, line, { ms, atLeast: MORE_THAN_HELD })
    const grown = memoryOf(node.victim.pid) - before
    const cut = await until(() => openFiles(node.victim.pid) <= files + slow.length / 50, CUT_MS, 200)
    for (const socket of slow) socket.end()
    line.close()
    const [baseP99, ackP99] = [percentile(base, 0.99), percentile(acks, 0.99)]
    note(scene, 'ackP99', ackP99)
    note(scene, 'baseP99', baseP99)
    note(scene, 'grownMb', grown)
    require(scene, cut < Infinity, 'slow readers were not cut')
    require(scene, grown < GROWTH_MB, `grown by ${Math.round(grown)} MB`)
    // Below 50 ms the machine's own noise is more than that.
    require(scene, ackP99 < Math.max(50, 2 * baseP99), `acks ${ackP99} ms, before ${baseP99} ms (p99)`)
  },
}

async function openSlow(url: string, token: string, each: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = []
  for (let n = 0; n < each * 2; n++) {
    const socket = await openRawSocket(url, token)
    socket.readAt(n < each ? 0 : 1000)
    sockets.push(socket)
  }
  return sockets
}

/** In a chat of its own, which the load does not know: ada and bo are in it. */
async function talkFor(
  scene: Scene,
  line: Awaited<ReturnType<typeof openLine>>,
  { ms, atLeast }: { ms: number; atLeast: number },
): Promise<number[]> {
  const { ada, bo } = scene.world.people
  const made = await fetch(`${scene.world.place.url}/api/chats`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'group', name: 'burst', member_ids: [bo.id] }),
  })
  const { chat } = (await made.json()) as { chat: { id: string } }
  scene.world.beside.add(chat.id)
  const acks: number[] = []
  for (const end = now() + ms; now() < end || acks.length < atLeast; ) {
    const at = now()
    await line.ask('send_message', { chat_id: chat.id, client_id: crypto.randomUUID(), content: BURST })
    acks.push(now() - at)
    await Bun.sleep(Math.max(0, 10 - (now() - at)))
  }
  return acks
}

export const reloadDoor: ClusterFault = {
  id: 'F29',
  what: 'Caddy takes its configuration anew',
  rounds: 10,
  smallRounds: 2,
  inject: async (scene) => {
    const { history } = scene.world
    const before = history.closes.length
    await scene.cluster.caddy.reload()
    await Bun.sleep(2000)
    const closes = history.closes.length - before
    require(scene, closes === 0, `${closes} sockets were dropped`)
  },
}

export const freezeDoor: ClusterFault = {
  id: 'F29',
  what: 'Caddy stands still for 10 s',
  rounds: 3,
  smallRounds: 1,
  inject: async ({ cluster }) => {
    cluster.caddy.signal('SIGSTOP')
    await Bun.sleep(10_000)
    cluster.caddy.signal('SIGCONT')
    await Bun.sleep(2000)
  },
}
