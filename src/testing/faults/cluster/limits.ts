import { readFileSync } from 'node:fs'
import type { ClusterNode } from '../../cluster/cluster.ts'
import { builtExecutable } from '../faults.ts'
import { openRawSocket, type RawSocket } from '../rawSocket.ts'
import { type ClusterFault, isReady, note, pickNode, require, type Scene, until } from './scene.ts'
import { replaceNode } from './swap.ts'

/** What a process may have, as `prlimit` says it (F38). */

const FILES = 256
const KNOCKING = 300
const READY_MS = 15_000
const LET_IN_MS = 10_000

export const fewFiles: ClusterFault = {
  id: 'F38',
  what: 'a node may open 256 files, and 300 more people knock',
  rounds: 10,
  smallRounds: 1,
  begin: async (scene) => {
    const command = ['prlimit', `--nofile=${FILES}`, ...builtExecutable()]
    await replaceNode(scene, scene.cluster.nodes[0] as ClusterNode, { command })
  },
  inject: async (scene) => {
    const { url } = (scene.cluster.nodes[0] as ClusterNode).victim.place
    const opened = await knock(scene, url, KNOCKING)
    note(scene, 'letIn', opened.length)
    require(scene, opened.length < FILES, `${opened.length} sockets were let in over ${FILES} files`)
    await Bun.sleep(1000)
    for (const socket of opened) socket.end()
    const took = await until(async () => (await knock(scene, url, 1)).length === 1, LET_IN_MS, 200)
    note(scene, 'again', took)
    require(scene, took < Infinity, 'no socket was let in after all were closed')
  },
}

/** Those that were let in; the rest was refused. */
async function knock({ world }: Scene, url: string, times: number): Promise<RawSocket[]> {
  const tries = Array.from({ length: times }, () =>
    openRawSocket(url, world.people.ann.token).catch(() => null),
  )
  const opened = (await Promise.all(tries)).filter((socket) => socket !== null)
  if (times === 1) opened[0]?.end()
  return opened
}

/** More than a quiet node takes, and less than a busy one. */
const ROOM_MB = 32
const TIGHT_MS = 6000

/** What finds no memory may end: then it is as after any other death. */
export const littleMemory: ClusterFault = {
  id: 'F38',
  what: 'a node gets no more memory',
  rounds: 10,
  smallRounds: 1,
  inject: async (scene) => {
    const node = pickNode(scene)
    const { victim } = node
    const { pid } = victim
    limitMemory(pid, String(addressSpaceOf(pid) + ROOM_MB * 2 ** 20))
    const isOver = { yet: false }
    void victim.ended.then(() => {
      isOver.yet = true
    })
    const opened = await knock(scene, victim.place.url, KNOCKING)
    await until(() => isOver.yet, TIGHT_MS)
    for (const socket of opened) socket.end()
    note(scene, 'ended', isOver.yet ? 1 : 0)
    if (isOver.yet) await victim.start()
    else limitMemory(pid, 'unlimited')
    require(scene, (await until(() => isReady(node), READY_MS)) < Infinity, `node ${node.name} stays unready`)
  },
}

function limitMemory(pid: number, bytes: string): void {
  const { exitCode, stderr } = Bun.spawnSync(['prlimit', '--pid', String(pid), `--as=${bytes}:unlimited`])
  if (exitCode !== 0) throw new Error(`prlimit: ${stderr}`)
}

function addressSpaceOf(pid: number): number {
  const kb = /^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) * 1024
}
