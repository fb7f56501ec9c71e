import connect from 'postgres'
import { now } from '../../checker/history.ts'
import { askRest, Refused } from '../../checker/line.ts'
import { type Patch, plant } from '../../checker/tree.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { type MailMode, type MailServer, startMailServer } from '../../mailServer.ts'
import { percentile } from '../figures.ts'
import { type ClusterFault, note, require, type Scene, until } from './scene.ts'
import { environmentOf, replaceNode, runBeside } from './swap.ts'

/** The same program with less patience: a letter that failed is tried again within a second or two, not within hours. */
const HURRIED: Patch[] = [
  {
    path: 'src/platform/jobs/run.ts',
    text: 'Math.min(4 * 3_600_000, 15_000 * 2 ** (attempt - 1))',
    becomes: 'Math.min(1600, 50 * 2 ** (attempt - 1))',
  },
  { path: 'src/platform/jobs/worker.ts', text: '  pollMs: 2_000,\n', becomes: '  pollMs: 250,\n' },
  {
    path: 'src/platform/mail/smtp.ts',
    text: '  greetingTimeout: 10_000,\n  socketTimeout',
    becomes: '  greetingTimeout: 700,\n  socketTimeout',
  },
]

const MODES: readonly MailMode[] = ['refuse', 'tempfail', 'hang', 'dropAfterData', 'reject']
const FAILING_MS = 3000
const WRITTEN_MS = 30_000
const DEAD_MS = 60_000
const LETTERS = 8

interface Post {
  server: MailServer
  /** What runs the nodes. */
  command: string[]
  /** Addresses of the letters that were promised. */
  promised: Map<string, number>
}

const posts = new WeakMap<Cluster, Post>()

export const mailServerFails: ClusterFault = {
  id: 'F33',
  what: 'the mail server refuses, says 421, hangs, or drops the connection after DATA',
  rounds: 5,
  smallRounds: 5,
  begin: async (scene) => {
    const { server, command } = posts.get(scene.cluster) ?? (await openPost(scene.cluster))
    const env = { WARREN_SMTP_URL: server.url, WARREN_SMTP_FROM: 'Warren <chat@example.org>' }
    for (const node of scene.cluster.nodes) await replaceNode(scene, node, { command, env })
  },
  inject: async (scene) => {
    const { server, promised } = postOf(scene)
    note(scene, 'ackBefore', ...acksSince(scene, now() - FAILING_MS))
    const mode = MODES[scene.injected % MODES.length] as MailMode
    server.mode = mode
    const from = now()
    const people = scene.world.crowd.slice(0, LETTERS).map(({ name }) => `${name}@example.org`)
    for (const email of people)
      if (await askForLetter(scene, email)) promised.set(email, (promised.get(email) ?? 0) + 1)
    await Bun.sleep(FAILING_MS)
    note(scene, 'ackMeanwhile', ...acksSince(scene, from))
    if (mode === 'reject') await buryAll(scene, people.length)
    const taken = server.received.length
    server.mode = 'accept'
    const healedAt = now()
    if (mode === 'reject') await replayAll(scene)
    await requireWritten(scene)
    note(scene, 'written', now() - healedAt)
    // What was under way when it was told to take letters again is taken meanwhile, if it is at all.
    await Bun.sleep(1500)
    requireOnce(scene, taken, mode)
  },
  // Where there is mail, nobody signs in without having proven their address: the next people come without.
  end: async (scene) => {
    requireSameAcks(scene)
    const { command } = postOf(scene)
    for (const node of scene.cluster.nodes)
      await replaceNode(scene, node, { command, env: { WARREN_SMTP_URL: '' } })
  },
}

async function openPost(cluster: Cluster): Promise<Post> {
  const tree = plant(HURRIED)
  process.on('exit', tree.remove)
  const post = { server: await startMailServer(), command: tree.command, promised: new Map() }
  posts.set(cluster, post)
  return post
}

function postOf({ cluster }: Scene): Post {
  const post = posts.get(cluster)
  if (post === undefined) throw new Error('there is no mail server')
  return post
}

/** True when a letter was promised. Asked again while it is refused for the moment. */
async function askForLetter({ world }: Scene, email: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      await askRest(world.place, 'POST', '/api/auth/forgot-password', { email })
      return true
    } catch (error) {
      if (error instanceof Refused && error.code !== 'unavailable') throw error
      await Bun.sleep(200)
    }
  }
  return false
}

const acksSince = ({ world }: Scene, from: number): number[] =>
  world.history.ops
    .filter(({ kind, outcome, at }) => kind === 'send' && outcome === 'ok' && at >= from)
    .map(({ at, endedAt }) => (endedAt ?? at) - at)

/** All rounds together: of one there are too few to tell a slow one from the machine's own noise. */
function requireSameAcks(scene: Scene): void {
  const [base = [], during = []] = [scene.figures.ackBefore, scene.figures.ackMeanwhile]
  const [baseP95, ackP95] = [percentile(base, 0.95), percentile(during, 0.95)]
  require(scene, ackP95 < Math.max(100, 2 * baseP95), `acks ${ackP95} ms, before ${baseP95} ms (p95)`)
}

async function asking<T>(
  { cluster }: Scene,
  work: (sql: ReturnType<typeof connect>) => Promise<T>,
): Promise<T> {
  const sql = connect(cluster.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

/** A letter that nobody takes is given up in the end, and kept. */
async function buryAll(scene: Scene, count: number): Promise<void> {
  const took = await asking(scene, (sql) =>
    until(
      async () => (await sql`select 1 from jobs where dead_at is not null`).length >= count,
      DEAD_MS,
      250,
    ),
  )
  note(scene, 'dead', took)
  require(scene, took < Infinity, `letters that are refused were not given up within ${DEAD_MS} ms`)
}

/** As an operator does, by the program's own command. */
async function replayAll(scene: Scene): Promise<void> {
  const { victim } = scene.cluster.nodes[0] as Cluster['nodes'][number]
  const { command } = postOf(scene)
  const replay = [...command, 'jobs', 'replay', '--all', '--data-dir', victim.dataDir]
  const why = await runBeside(replay, environmentOf(victim.pid))
  require(scene, why === null, String(why))
}

/** How many different letters each address has. */
function lettersOf({ server }: Post, from = 0): Map<string, Map<string, number>> {
  const letters = new Map<string, Map<string, number>>()
  for (const { to, source } of server.received.slice(from)) {
    const id = /^Message-ID: (\S+)/im.exec(source)?.[1] ?? ''
    const own = letters.get(to[0] ?? '') ?? new Map<string, number>()
    own.set(id, (own.get(id) ?? 0) + 1)
    letters.set(to[0] ?? '', own)
  }
  return letters
}

async function requireWritten(scene: Scene): Promise<void> {
  const post = postOf(scene)
  const missing = () => {
    const letters = lettersOf(post)
    return [...post.promised].filter(([to, count]) => (letters.get(to)?.size ?? 0) < count)
  }
  await until(() => missing().length === 0, WRITTEN_MS, 50)
  await asking(scene, (sql) =>
    until(async () => (await sql`select 1 from jobs where done_at is null`).length === 0, WRITTEN_MS, 50),
  )
  const names = missing().map(([to, count]) => `${to} of ${count}`)
  require(scene, names.length === 0, `letters that never came: ${names.slice(0, 5).join(', ')}`)
}

/** What the server took and did not say so is sent again; what it said it took never is. */
function requireOnce(scene: Scene, taken: number, mode: MailMode): void {
  const twice = [...lettersOf(postOf(scene), taken).values()].flatMap((own) => [...own.values()])
  require(scene, twice.every((count) => count === 1), `${mode}: a letter that was taken came again`)
}
