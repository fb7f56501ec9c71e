import { freezeDoor, reloadDoor, slowReaders, storm } from './clients.ts'
import { freeze, kill, killAll, roll, stall } from './nodes.ts'
import { killAtPoints } from './points.ts'
import { crash, cutCommits, hang, killBackends } from './postgres.ts'
import { deafNode, emptyRedis, freezeRedis, killRedis, killSubscribers } from './redis.ts'
import type { ClusterFault } from './scene.ts'

/** The rows of the fault matrix that a cluster is put through, in their order. */
export const MATRIX: readonly ClusterFault[] = [
  kill,
  killAtPoints,
  killAll,
  roll,
  freeze,
  killRedis,
  freezeRedis,
  emptyRedis,
  deafNode,
  killSubscribers,
  crash,
  killBackends,
  hang,
  cutCommits,
  slowReaders,
  storm,
  reloadDoor,
  freezeDoor,
  stall,
]
