import { Database } from 'bun:sqlite'
import { connect } from 'node:net'
import { findFreePort } from '../src/testing/freePort.ts'
import { type Device, openDevice } from './device.ts'
import { cpuSeconds, forget, freshFolder, start, WARREN } from './machine.ts'
import { openNodesGround } from './nodes.ground.ts'
import { quantile } from './statistics.ts'
import { furnish, type Serving, settings, untilServing } from './warren.ts'

export interface Recovery {
  fault: string
  acknowledged: number
  /** Acknowledged and not stored in its place, or not heard by who listens. */
  lost: number
  doubled: number
  /** The longest time without an ack, in seconds. */
  silence: number
  /** From said to heard by the listener, in seconds; once for the whole run. */
  deliveryP99: number
  /** Shares of a core that the node took, before and while nothing more could be opened. */
  busy?: { before: number; during: number }
  refusals: Record<string, number>
}

const EVERY_MS = 5

type Stored = { client_id: string; seq: number }[]

/** Whoever spoke, whoever listened and what was stored, side by side. */
function judge(fault: string, by: { speaker: Device; listener: Device; stored: Stored }): Recovery {
  const { speaker, listener, stored } = by
  const places = new Map<string, number[]>()
  for (const row of stored) places.set(row.client_id, [...(places.get(row.client_id) ?? []), Number(row.seq)])
  const acks = [...speaker.acks]
  const lost = acks.filter(([id, seq]) => !places.get(id)?.includes(seq) || !listener.heardAt.has(id))
  const gaps = speaker.ackedAt.map((at, i) => at - (speaker.ackedAt[i - 1] ?? at))
  const delays = acks.map(([id]) => (listener.heardAt.get(id) ?? Infinity) - (speaker.saidAt.get(id) ?? 0))
  return {
    fault,
    acknowledged: acks.length,
    lost: lost.length,
    doubled: [...places.values()].filter((seqs) => seqs.length > 1).length,
    silence: Math.max(...gaps) / 1000,
    deliveryP99: quantile(delays, 0.99) / 1000,
    refusals: Object.fromEntries(speaker.refusals),
  }
}

/** While they speak and listen `hurt` does what it does; afterwards the listener is given time to hear all. */
async function under(
  [speaker, listener]: readonly [Device, Device],
  hurt: () => Promise<void>,
): Promise<void> {
  await Promise.all([speaker.opened(), listener.opened()])
  const speaking = speaker.speak(EVERY_MS)
  await Bun.sleep(2000)
  await hurt()
  await Bun.sleep(3000)
  await speaking.stop()
  const until = performance.now() + 30_000
  const isHeard = (): boolean => [...speaker.acks.keys()].every((id) => listener.heardAt.has(id))
  while (!isHeard() && performance.now() < until) await Bun.sleep(50)
  speaker.close()
  listener.close()
}

interface Alone {
  node(): Serving
  restart(): Promise<void>
}

/** One node on SQLite that may open so many files, two people in a channel of it. */
async function alone(fault: string, files: number, hurt: (at: Alone) => Promise<void>): Promise<Recovery> {
  const folder = freshFolder('recovery')
  const chat = await furnish(folder, async (into) => into.addChat('channel', await into.addPeople(2)))
  const port = await findFreePort()
  const env = { ...settings(folder), WARREN_LISTEN: `127.0.0.1:${port}` }
  const limited = ['prlimit', `--nofile=${files}`, WARREN, 'serve']
  const open = (): Promise<Serving> => untilServing(start(limited, { core: 'measured', env, cwd: folder }))
  let node = await open()
  const desk = (i: number) => ({ port, token: chat.members[i]?.token ?? '', chatId: chat.id })
  const [speaker, listener] = [openDevice(desk(0)), openDevice(desk(1))]
  await under([speaker, listener], () =>
    hurt({
      node: () => node,
      restart: async () => {
        node = await open()
      },
    }),
  )
  await node.end('SIGKILL')
  const db = new Database(`${folder}/warren.db`)
  const stored = db.query('select client_id, seq from messages').all() as Stored
  db.close()
  forget(folder)
  return judge(fault, { speaker, listener, stored })
}

const KILLS = 5

const killNode = (): Promise<Recovery> =>
  alone(`kill -9 of the node, ${KILLS} times`, 20_000, async ({ node, restart }) => {
    for (let i = 0; i < KILLS; i++) {
      await node().end('SIGKILL')
      await restart()
      await Bun.sleep(1500)
    }
  })

const FILES = 256
const WATCH_S = 3

/** Plain connections that never ask anything: no handshake can refuse them. */
async function runOutOfFiles(): Promise<Recovery> {
  const busy = { before: 0, during: 0 }
  const recovery = await alone('no file can be opened any more', FILES, async ({ node }) => {
    const { pid, port } = node()
    busy.before = await shareOfCore(pid)
    const idle = Array.from({ length: FILES + 100 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    await Bun.sleep(1000)
    busy.during = await shareOfCore(pid)
    for (const socket of idle) socket.destroy()
    await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) })
  })
  return { ...recovery, busy }
}

async function shareOfCore(pid: number): Promise<number> {
  const before = cpuSeconds(pid)
  await Bun.sleep(WATCH_S * 1000)
  return (cpuSeconds(pid) - before) / WATCH_S
}

type Ground = Awaited<ReturnType<typeof openNodesGround>>

/** Two nodes; who speaks is on the one, who listens on the other. */
async function together(fault: string, hurt: (ground: Ground) => Promise<void>): Promise<Recovery> {
  const ground = await openNodesGround()
  const chat = await ground.addChannel(await ground.addPeople(2))
  const [a, b] = [await ground.serve(), await ground.serve()]
  const desk = (i: number, { port }: Serving) => ({
    port,
    token: chat.members[i]?.token ?? '',
    chatId: chat.id,
  })
  const [speaker, listener] = [openDevice(desk(0, a)), openDevice(desk(1, b))]
  await under([speaker, listener], () => hurt(ground))
  const stored = await ground.ask<Stored[number]>('select client_id, seq from messages')
  await ground.end()
  return judge(fault, { speaker, listener, stored })
}

const killRedis = (): Promise<Recovery> =>
  together('Redis killed, back after 5 s, empty', async ({ redis }) => {
    redis.signal('SIGKILL')
    await Bun.sleep(5000)
    await redis.start()
  })

const BACKENDS = `select pg_terminate_backend(pid) from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()`

const killBackends = (): Promise<Recovery> =>
  together('every connection of PostgreSQL ended, 10 times in 5 s', async ({ ask }) => {
    for (let i = 0; i < 10; i++) {
      await ask(BACKENDS)
      await Bun.sleep(500)
    }
  })

/** B13: what faults cost while 200 messages a second are said. */
export async function measureRecovery(): Promise<Recovery[]> {
  return [await killNode(), await killRedis(), await killBackends(), await runOutOfFiles()]
}
