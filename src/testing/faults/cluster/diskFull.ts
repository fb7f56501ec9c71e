import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'postgres'
import { now } from '../../checker/history.ts'
import { askRest } from '../../checker/line.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { METRICS_TOKEN, scrape } from './metrics.ts'
import { type ClusterFault, isReady, note, require, type Scene, until } from './scene.ts'

const SIZE = '256m'
const FULL_WITHIN_MS = 30_000
const FIRST_ACK_MS = 15_000
const EVERY_MS = 100
/** Larger than any room that is left in the middle of a file, and not to be made smaller. */
const LONG_BYTES = 6000

/** Where PostgreSQL's files are, on a file system of their own. */
const disks = new WeakMap<Cluster, string>()

export const diskFull: ClusterFault = {
  id: 'F15',
  what: "PostgreSQL's disk is full",
  rounds: 5,
  smallRounds: 1,
  settings: ['max_wal_size=64MB', 'min_wal_size=32MB'],
  env: { WARREN_METRICS_TOKEN: METRICS_TOKEN, WARREN_LOG_LEVEL: 'warn' },
  begin: async ({ cluster }) => {
    if (!disks.has(cluster)) disks.set(cluster, await moveToSmallDisk(cluster))
  },
  inject: async (scene) => {
    const { cluster, world } = scene
    const closes = world.history.closes.length
    const ballast = join(disks.get(cluster) ?? '', 'ballast')
    const chat = await foundChat(scene)
    const lostBefore = await lostTransactions(scene)
    const said = cluster.nodes.map(({ victim }) => victim.said().length)
    // Again and again: what PostgreSQL gives up is taken.
    const filling = setInterval(() => fill(ballast), EVERY_MS)
    fill(ballast)
    const took = await until(async () => (await sayLong(scene, chat)) === 503, FULL_WITHIN_MS)
    require(scene, took < Infinity, 'nothing was refused: the disk was not full')
    await stayFull(scene, chat)
    await requireAlarm(scene, { lostBefore, said })
    clearInterval(filling)
    rmSync(ballast)
    const freeAt = now()
    // What a supervisor does, where PostgreSQL gave itself up.
    if (!isAlive(cluster.postgres.pid)) {
      note(scene, 'postgresEnded', 1)
      await cluster.postgres.start()
    }
    await until(async () => (await sayLong(scene, chat)) === 201, FIRST_ACK_MS * 2, 20)
    note(scene, 'firstAck', now() - freeAt)
    require(scene, now() - freeAt <=
      FIRST_ACK_MS, `the first ack came ${Math.round(now() - freeAt)} ms after there was room`)
    const closed = world.history.closes.slice(closes)
    require(scene, closed.length === 0, `sockets were closed: ${closed.join(' ')}`)
    for (const node of cluster.nodes)
      require(scene, (await until(() => isReady(node), FIRST_ACK_MS)) <
        Infinity, `node ${node.name} stays unready`)
  },
}

/** All of PostgreSQL's files, its log of writes too. Throws where nothing may be mounted: then this row is not run. */
async function moveToSmallDisk({ postgres, databaseUrl }: Cluster): Promise<string> {
  const sql = connect(databaseUrl, { max: 1, onnotice: () => {} })
  const [row] = await sql<
    { setting: string }[]
  >`select setting from pg_settings where name = 'data_directory'`
  await sql.end()
  const data = row?.setting ?? ''
  const disk = mkdtempSync(join(tmpdir(), 'warren-small-'))
  const mount = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', disk])
  if (mount.exitCode !== 0) throw new Error('not run: nothing may be mounted here')
  process.on('exit', () => {
    Bun.spawnSync(['umount', '-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })
  await postgres.crash()
  Bun.spawnSync(['cp', '-a', data, join(disk, 'data')])
  renameSync(data, `${data}-before`)
  symlinkSync(join(disk, 'data'), data)
  await postgres.start()
  return disk
}

function fill(ballast: string): void {
  for (const size of [1024 * 1024, 64 * 1024, 4096])
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error
    }
}

/** In a chat of its own, which the load does not know. */
async function foundChat({ world }: Scene): Promise<string> {
  const { ada, bo } = world.people
  const group = { kind: 'group', name: 'long', member_ids: [bo.id] }
  const { chat } = await askRest({ url: world.place.url, token: ada.token }, 'POST', '/api/chats', group)
  world.beside.add(chat.id)
  return chat.id
}

/** The status, 503 only if it says when to come again. */
async function sayLong({ world }: Scene, chat: string): Promise<number> {
  const content = Buffer.from(crypto.getRandomValues(new Uint8Array(LONG_BYTES))).toString('hex')
  const answer = await fetch(`${world.place.url}/api/chats/${chat}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.people.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: crypto.randomUUID(), content }),
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.text()
  return answer?.status === 503 && !answer.headers.has('retry-after') ? 0 : (answer?.status ?? 0)
}

/** No ack, and each refusal a clear one. */
async function stayFull(scene: Scene, chat: string): Promise<void> {
  const end = now() + (scene.isSmall ? 10_000 : 30_000)
  const answers: number[] = []
  while (now() < end) {
    answers.push(await sayLong(scene, chat))
    await Bun.sleep(EVERY_MS)
  }
  const other = answers.filter((status) => status !== 503)
  note(scene, 'refused', answers.length - other.length)
  require(scene, other.length === 0, `while it was full: ${other.slice(0, 10).join(' ')}`)
}

/** Of all nodes. */
async function lostTransactions({ cluster }: Scene): Promise<number> {
  const counts = (await scrape(cluster)).map((text) => {
    const [, count = '0'] = /^warren_db_lost_transactions_total(?:\{[^}]*\})? (\d+)/m.exec(text) ?? []
    return Number(count)
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What `WarrenWritesLost` looks at has moved, and the log says why. */
async function requireAlarm(
  scene: Scene,
  { lostBefore, said }: { lostBefore: number; said: number[] },
): Promise<void> {
  const lost = (await lostTransactions(scene)) - lostBefore
  note(scene, 'lostTransactions', lost)
  require(scene, lost > 0, 'no alarm: warren_db_lost_transactions_total did not move')
  const lines = scene.cluster.nodes.map(({ victim }, at) => victim.said().slice(said[at]))
  const telling = lines
    .join('\n')
    .split('\n')
    .filter((line) => /database|disk|space|53100/i.test(line))
  note(scene, 'logLines', telling.length)
  require(scene, telling.length > 0, 'the log says nothing of it')
}

const isAlive = (pid: number): boolean => Bun.spawnSync(['kill', '-0', String(pid)]).exitCode === 0
