import { listMigrations } from '../../../platform/db/migrate.ts'
import { type Patch, type PatchedTree, plant } from '../../checker/tree.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { builtExecutable } from '../faults.ts'
import { type ClusterFault, note, require, type Scene } from './scene.ts'
import { environmentOf, replaceNode, runBeside } from './swap.ts'

/**
 * The version after this one: it adds to the schema what this one may live beside, says a kind of event that this one does
 * not know, and tells changes by a frame with another name.
 */
export const NEXT: Patch[] = [
  {
    path: 'src/timeline/wire.ts',
    text: "      'unarchived',\n",
    becomes: "      'unarchived',\n      'strolled_in',\n",
  },
  {
    path: 'src/chats/membership.ts',
    text: "    event: actorId === userId ? 'member_joined' : 'member_added',\n",
    becomes: "    event: actorId === userId ? 'strolled_in' : 'member_added',\n",
  },
  {
    path: 'src/chats/membership.ts',
    text: "  member_joined: 'joined',\n  member_left",
    becomes: "  member_joined: 'joined',\n  strolled_in: 'strolled in',\n  member_left",
  },
  {
    path: 'src/messages/react.ts',
    text: "    type: 'message_updated',\n",
    becomes: "    type: 'message_felt',\n",
  },
]

/** Only adds, and says so. A table that everybody reads has a new column. */
function addingMigration(): Patch {
  const known = listMigrations('postgres').length
  return {
    path: `migrations/${String(known + 1).padStart(4, '0')}_next.sql`,
    text: null,
    becomes: `-- compatible from ${known}
create table strolls (id text primary key);
alter table messages add column strolled_at bigint;
alter table chats add column strolls bigint not null default 0;
`,
  }
}

const trees = new WeakMap<Cluster, PatchedTree>()

export const versionSkew: ClusterFault = {
  id: 'F41',
  what: 'nodes of two versions side by side, while the database is migrated',
  rounds: 12,
  smallRounds: 4,
  begin: async ({ cluster }) => {
    if (trees.has(cluster)) return
    const tree = plant([...NEXT, addingMigration()])
    process.on('exit', tree.remove)
    trees.set(cluster, tree)
  },
  // One node after the other becomes the next version, and then this one again: two versions almost always.
  inject: async (scene) => {
    const { cluster, injected } = scene
    const next = trees.get(cluster)?.command ?? []
    if (injected === 0) await migrate(scene, next)
    const node = cluster.nodes[injected % cluster.nodes.length] as Cluster['nodes'][number]
    const isNext = Math.floor(injected / cluster.nodes.length) % 2 === 0
    const began = performance.now()
    await replaceNode(scene, node, { command: isNext ? next : builtExecutable() })
    note(scene, 'replaced', performance.now() - began)
    await Bun.sleep(scene.isSmall ? 1500 : 3000)
  },
  end: async (scene) => {
    const all = await scene.world.truth.chats(Object.values(scene.world.chats))
    const strolls = all.flatMap(({ rows }) => rows).filter(({ system }) => system?.event === 'strolled_in')
    note(scene, 'unknownEvents', strolls.length)
    require(scene, strolls.length > 0, 'nobody strolled in: the next version was never at work')
  },
}

/** Under load, as a deployment does before the first node of the next version. */
async function migrate(scene: Scene, command: string[]): Promise<void> {
  const { victim } = scene.cluster.nodes[0] as Cluster['nodes'][number]
  const { WARREN_SECRET_KEY = '' } = environmentOf(victim.pid)
  const env = { WARREN_DATABASE_URL: scene.cluster.databaseUrl, WARREN_SECRET_KEY }
  const why = await runBeside([...command, 'migrate', 'up', '--data-dir', `${victim.dataDir}-migrate`], env)
  require(scene, why === null, String(why))
}
