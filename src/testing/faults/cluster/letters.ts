import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askRest, Refused } from '../../checker/line.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { between, type ClusterFault, isReady, note, pickNode, require, type Scene, until } from './scene.ts'

const READY_MS = 15_000
/** A lease that died with its node, and a second try. */
const WRITTEN_MS = 90_000

/** How often each address was promised a letter. */
const promised = new WeakMap<Cluster, Map<string, number>>()

/** Jobs: who asked for a letter and was told yes gets it, whoever dies meanwhile; the same one never twice (C14). */
export const killWorkers: ClusterFault = {
  id: 'F37',
  what: 'workers are killed in the middle of their jobs',
  rounds: 100,
  smallRounds: 3,
  begin: async (scene) => {
    promised.set(scene.cluster, new Map())
    // Not before: where there is mail, nobody signs in without having proven their address.
    for (const { victim } of scene.cluster.nodes) {
      victim.signal('SIGKILL')
      await victim.ended
      await victim.start({ WARREN_SMTP_URL: 'mailbox:' })
    }
  },
  inject: async (scene) => {
    const node = pickNode(scene)
    const asking = Promise.all(
      scene.world.crowd.map(({ name }) => askForLetter(scene, `${name}@example.org`)),
    )
    await Bun.sleep(between(scene, 0, 60))
    node.victim.signal('SIGKILL')
    await node.victim.ended
    await asking
    await node.victim.start({ WARREN_SMTP_URL: 'mailbox:' })
    require(scene, (await until(() => isReady(node), READY_MS)) < Infinity, `node ${node.name} stays unready`)
  },
  end: async (scene) => {
    const missing = () =>
      [...(promised.get(scene.cluster) ?? [])].filter(
        ([to, count]) => lettersTo(scene.cluster, to).length < count,
      )
    const took = await until(() => missing().length === 0, WRITTEN_MS, 250)
    note(scene, 'written', took)
    const names = missing().map(([to, count]) => `${to}: ${lettersTo(scene.cluster, to).length} of ${count}`)
    require(scene, names.length === 0, `letters that never came: ${names.slice(0, 5).join(', ')}`)
  },
}

/** Counted when it was promised; asked again while it is refused for the moment, as a person does. */
async function askForLetter({ cluster, world }: Scene, email: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      await askRest(world.place, 'POST', '/api/auth/forgot-password', { email })
      const counts = promised.get(cluster)
      counts?.set(email, (counts.get(email) ?? 0) + 1)
      return
    } catch (error) {
      if (error instanceof Refused && error.code !== 'unavailable') throw error
      await Bun.sleep(200)
    }
  }
}

/** Their ids: one that was kept twice, on two nodes, is one. */
function lettersTo({ nodes }: Cluster, to: string): string[] {
  const ids = nodes.flatMap(({ victim }) => {
    const folder = join(victim.dataDir, 'mailbox')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { id: string; to: string })
      .filter((letter) => letter.to === to)
      .map(({ id }) => id)
  })
  return [...new Set(ids)]
}
