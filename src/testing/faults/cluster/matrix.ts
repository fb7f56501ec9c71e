import { freezeDoor, reloadDoor, slowReaders } from './clients.ts'
import { clocks } from './clocks.ts'
import { diskFull } from './diskFull.ts'
import { failover, lossyFailover } from './failover.ts'
import { killWorkers } from './letters.ts'
import { fewFiles, littleMemory } from './limits.ts'
import { fewConnections, heldChat } from './locks.ts'
import { mailServerFails } from './mailRows.ts'
import { flapping, mobile, slices } from './mobile.ts'
import { nemesis } from './nemesis.ts'
import { freeze, kill, killAll, roll, stall } from './nodes.ts'
import { partition } from './partition.ts'
import { killAtPoints } from './points.ts'
import { crash, cutCommits, hang, killBackends } from './postgres.ts'
import { deafNode, emptyRedis, freezeRedis, killRedis } from './redis.ts'
import type { ClusterFault } from './scene.ts'
import { storm } from './storm.ts'
import { drownSubscribers, killSubscribers } from './subscribers.ts'
import { versionSkew } from './versions.ts'

/** Rows in which most of the time something stands still: a second cluster can be put through them at the same time. */
export const BESIDE = [
  'F03',
  'F05',
  'F06',
  'F07',
  'F11',
  'F13',
  'F18',
  'F26',
  'F30',
  'F33',
  'F37',
  'F40',
  'F44',
]

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
  drownSubscribers,
  crash,
  killBackends,
  hang,
  cutCommits,
  diskFull,
  failover,
  lossyFailover,
  heldChat,
  fewConnections,
  flapping,
  slowReaders,
  storm,
  reloadDoor,
  freezeDoor,
  mobile,
  slices,
  clocks,
  mailServerFails,
  killWorkers,
  fewFiles,
  littleMemory,
  stall,
  partition,
  versionSkew,
  nemesis,
]
