import { newHistory } from '../checker/history.ts'
import { askRest, openLine } from '../checker/line.ts'
import { dice } from '../checker/load.ts'
import { settle, stopWorld, type World } from '../checker/world.ts'
import { createVictim } from './executable.ts'
import { openRawSocket } from './rawSocket.ts'
import { talk } from './slowConsumers.ts'

/** A node that may open few files: it refuses sockets in time, keeps its word to those it has, and recovers (F38). */
export async function runOutOfFiles(
  command: string[],
  limit: number,
): Promise<{ findings: string[]; opened: number }> {
  const victim = createVictim(['prlimit', `--nofile=${limit}`, ...command])
  try {
    await victim.start()
    const world = await settle(victim.ground, newHistory(), dice(1))
    const line = await openLine(victim.place.url, world.people.ada.token, () => {})
    const tries = await Promise.all(
      Array.from({ length: limit + 100 }, () =>
        openRawSocket(victim.place.url, world.people.ann.token).catch(() => null),
      ),
    )
    const opened = tries.filter((socket) => socket !== null)
    const acks = await talk(world, line, 50)
    for (const socket of opened) socket.end()
    await Promise.all(opened.map((socket) => socket.closed))
    const again = await untilOpen(world)
    const stored = await countTexts(world)
    line.close()
    stopWorld(world)
    return {
      opened: opened.length,
      findings: [
        ...(opened.length < limit ? [] : ['nothing was refused']),
        ...(stored === acks.length ? [] : [`${acks.length} acked, ${stored} served`]),
        ...(again ? [] : ['no socket could be opened after all were closed']),
      ],
    }
  } finally {
    await victim.bury()
  }
}

/** Page by page: of long messages a page holds a few. */
async function countTexts({ place, people, chats }: World): Promise<number> {
  let texts = 0
  for (let before: number | null = 1e9; before !== null; ) {
    const { data, page } = await askRest(
      { url: place.url, token: people.ada.token },
      'GET',
      `/api/chats/${chats.tea}/messages?limit=100&before=${before}`,
    )
    texts += data.filter(({ kind }: { kind: string }) => kind === 'text').length
    before = page.before
  }
  return texts
}

/** The node counts its files once a second. */
async function untilOpen({ place, people }: World): Promise<boolean> {
  for (let tries = 0; tries < 30; tries++) {
    const socket = await openRawSocket(place.url, people.ann.token).catch(() => null)
    socket?.end()
    if (socket !== null) return true
    await Bun.sleep(100)
  }
  return false
}
