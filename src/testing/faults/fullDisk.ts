import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { send } from '../checker/doing.ts'
import { check, describe } from '../checker/findings.ts'
import { newHistory } from '../checker/history.ts'
import { dice, sayLastWords, startLoad } from '../checker/load.ts'
import { integrityOf } from '../checker/truth.ts'
import { conclude, quiet, settle, stopWorld, type World } from '../checker/world.ts'
import { createVictim, type Victim } from './executable.ts'
import { WITHIN_MS } from './rounds.ts'

/** A disk that can be made full, and have room again. */
export interface Disk {
  dataDir?: string
  env: Record<string, string>
  fill(victim: Victim): void
  free(victim: Victim): void
}

/** Of the planted executable: the engine itself says that there are no more pages. */
export const limitedPages: Disk = {
  env: { TRIP_AT: 'full' },
  fill: (victim) => victim.signal('SIGUSR2'),
  free: (victim) => victim.signal('SIGUSR2'),
}

/** A small file system that a ballast fills to the last byte. */
export const smallDisk = (dataDir: string): Disk => ({
  dataDir,
  env: {},
  fill: () => fillWith(join(dataDir, 'ballast')),
  free: () => rmSync(join(dataDir, 'ballast')),
})

function fillWith(ballast: string): void {
  for (const size of [1024 * 1024, 64 * 1024, 4096]) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
    } catch {
      if (!existsSync(ballast)) throw new Error('no ballast could be written')
    }
  }
}

export interface FullDisk {
  findings: string[]
  /** Sends that were refused while it was full. */
  refused: number
  /** From the room to the first ack, in ms. */
  recoveryMs: number
}

const LONG = 'long '.repeat(3000)
const FULL_MS = 1500

/** No ack while it is full but for what still fits, a clear 503, and recovery by itself. */
export async function fillDisk(command: string[], disk: Disk, seed: number): Promise<FullDisk> {
  const victim = createVictim(command, { dataDir: disk.dataDir })
  try {
    await victim.start(disk.env)
    const world = await settle(victim.ground, newHistory(), dice(seed))
    const load = startLoad(world)
    await Bun.sleep(300)
    const closes = world.history.closes.length
    disk.fill(victim)
    const { refused, wrong } = await untilRefused(world)
    disk.free(victim)
    const recoveryMs = await untilTaken(world)
    await load.end()
    await sayLastWords(world)
    await quiet(world, WITHIN_MS)
    await conclude(world)
    const findings = [...wrong, ...judge(world, victim, closes)]
    stopWorld(world)
    return { findings, refused, recoveryMs }
  } finally {
    await victim.bury()
  }
}

/** Long messages, until there is no room for one, and then for a while. */
async function untilRefused(world: World): Promise<{ refused: number; wrong: string[] }> {
  const wrong: string[] = []
  let refused = 0
  const until = performance.now() + FULL_MS
  while (performance.now() < until) {
    const body = { client_id: crypto.randomUUID(), content: LONG }
    const answer = await trySending(world, body)
    if (answer === 'unavailable') refused++
    else if (answer !== 'ok') wrong.push(`while full: ${answer}`)
  }
  if (refused === 0) wrong.push('nothing was refused: the disk was not full')
  return { refused, wrong }
}

/** By REST, where the status can be seen; what was refused is not asked for again. */
async function trySending({ place, people, chats }: World, body: object): Promise<string> {
  const response = await fetch(`${place.url}/api/chats/${chats.desk}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${people.dan.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { code?: string }
  if (response.status === 201) return 'ok'
  const isClear = response.status === 503 && response.headers.has('retry-after')
  return isClear ? 'unavailable' : `${response.status} ${answer.code}`
}

async function untilTaken(world: World): Promise<number> {
  const began = performance.now()
  const dan = world.devices.find(({ name }) => name === 'dan')
  if (dan !== undefined) await send(dan, world.chats.desk, { content: 'room again' })
  return performance.now() - began
}

function judge(world: World, victim: Victim, closes: number): string[] {
  const found = check(world.history, { withinMs: WITHIN_MS })
  // dan's long messages were sent by hand, and are all alike.
  found.phantom = found.phantom.filter((what) => !what.includes('nobody said it'))
  found.duplicated = found.duplicated.filter((what) => !what.includes(LONG))
  const integrity = integrityOf(victim.databasePath)
  return [
    ...(describe(found) === '' ? [] : [describe(found)]),
    ...(integrity === 'ok' ? [] : [`integrity_check: ${integrity}`]),
    ...(world.history.closes.length === closes ? [] : ['sockets were closed']),
  ]
}
