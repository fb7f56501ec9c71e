import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import connect from 'postgres'
import { askRest } from '../../checker/line.ts'
import type { ClusterNode } from '../../cluster/cluster.ts'
import { type ClusterFault, isReady, note, pick, pickNode, require, type Scene, until } from './scene.ts'

const HOUR_S = 3600
const STEP_S = 600
/** What each node's clock is wrong by, before it is moved. */
const WRONG_S: Record<string, number> = { a: 0, b: HOUR_S, c: -HOUR_S }
const READY_MS = 15_000
const SHOWN_MS = 5000
const PASSWORD = 'a long password'

/** Nodes count by the database's clock (C17): what theirs say changes neither order nor anybody's session. */
export const clocks: ClusterFault = {
  id: 'F32',
  what: 'clocks are an hour fast and an hour slow, and are moved by ten minutes under way',
  rounds: 10,
  smallRounds: 2,
  begin: async (scene) => {
    const shim = buildShim(folderOf(scene))
    for (const node of scene.cluster.nodes) {
      setClock(scene, node, WRONG_S[node.name] ?? 0)
      node.victim.signal('SIGKILL')
      await node.victim.ended
      await node.victim.start({ LD_PRELOAD: shim, SKEW_FILE: fileOf(scene, node) })
      const ready = await until(() => isReady(node), READY_MS)
      require(scene, ready < Infinity, `node ${node.name} stays unready`)
      await requireShown(scene, node, WRONG_S[node.name] ?? 0)
    }
    await until(() => scene.world.devices.every(({ online }) => online !== null), READY_MS)
  },
  inject: async (scene) => {
    const { closes } = scene.world.history
    const before = closes.length
    const node = pickNode(scene)
    const wrong = (WRONG_S[node.name] ?? 0) + pick(scene.random, [-STEP_S, 0, STEP_S])
    setClock(scene, node, wrong)
    await requireShown(scene, node, wrong)
    await Bun.sleep(scene.isSmall ? 1000 : 4000)
    await requireSessions(scene)
    await requireExpiry(scene)
    require(scene, closes.length === before, `${closes.length - before} sockets were closed`)
  },
}

const folderOf = ({ cluster }: Scene): string => dirname(cluster.nodes[0]?.victim.dataDir ?? '')

const fileOf = (scene: Scene, { name }: ClusterNode): string => join(folderOf(scene), `skew-${name}`)

/** In place: the node has the file before its eyes, and dies if it is cut short. */
function setClock(scene: Scene, node: ClusterNode, seconds: number): void {
  const file = fileOf(scene, node)
  writeFileSync(file, new BigInt64Array([BigInt(seconds)]), { flag: existsSync(file) ? 'r+' : 'w' })
}

/** Throws where there is no compiler: then this row is not run. */
function buildShim(folder: string): string {
  if (Bun.which('gcc') === null) throw new Error('not run: moving clocks needs gcc')
  const shim = join(folder, 'skew.so')
  const source = join(import.meta.dir, 'skew.c')
  const { exitCode, stderr } = Bun.spawnSync(['gcc', '-shared', '-fPIC', '-O2', '-o', shim, source])
  if (exitCode !== 0) throw new Error(`the shim does not build: ${stderr}`)
  return shim
}

/** The node itself says what time it takes it to be, or nothing was hurt. */
async function requireShown(scene: Scene, { name, victim }: ClusterNode, seconds: number): Promise<void> {
  let off = Number.NaN
  const isShown = async () => {
    const answer = await fetch(`${victim.place.url}/healthz`)
    off = (Date.parse(answer.headers.get('date') ?? '') - Date.now()) / 1000 - seconds
    await answer.text()
    return Math.abs(off) < 3
  }
  const took = await until(isShown, SHOWN_MS, 200)
  require(scene, took < Infinity, `the clock of node ${name} is ${off} s off what it was set to`)
}

/** Nobody was signed out, and what one node signs is of the true time. */
async function requireSessions(scene: Scene): Promise<void> {
  const { world } = scene
  const everybody = [...Object.values(world.people), ...world.crowd]
  for (const { url } of world.nodes)
    for (const { name, token } of everybody) {
      const status = await statusOf(url, token)
      require(scene, status === 200, `${name} was signed out: ${status}`)
    }
}

const EXPIRED_MS = 61_000
const VALID_MS = 300_000

/** A session that is over for 61 s by the database's clock is over on each node; one that has 5 minutes left stands on each. */
async function requireExpiry(scene: Scene): Promise<void> {
  const { world, cluster } = scene
  const sql = connect(cluster.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    for (const { url: home } of world.nodes)
      for (const [leftMs, wanted] of [
        [-EXPIRED_MS, 401],
        [VALID_MS, 200],
      ] as const) {
        const login = { email: `${world.people.eve.name}@example.org`, password: PASSWORD }
        const { access_token: token } = await askRest({ url: home }, 'POST', '/api/auth/login', login)
        const { sid, iat } = claimsOf(token)
        note(scene, 'issuedOffS', Math.abs(iat - Date.now() / 1000))
        require(scene, Math.abs(iat - Date.now() / 1000) < 5, `a token was issued at ${iat}`)
        await sql`update sessions set expires_at = ${Date.now() + leftMs} where id = ${sid}`
        const all = await Promise.all(world.nodes.map(({ url }) => statusOf(url, token)))
        const isSo = all.every((status) => status === wanted)
        require(scene, isSo, `a session with ${leftMs} ms left was answered ${all.join(', ')}`)
      }
  } finally {
    await sql.end()
  }
}

const claimsOf = (token: string): { sid: string; iat: number } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

async function statusOf(url: string, token: string): Promise<number> {
  const answer = await fetch(`${url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })
  await answer.text()
  return answer.status
}
