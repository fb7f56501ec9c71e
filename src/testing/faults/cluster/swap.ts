import { readFileSync } from 'node:fs'
import type { ClusterNode } from '../../cluster/cluster.ts'
import { createVictim } from '../executable.ts'
import { isReady, require, type Scene, until } from './scene.ts'

const READY_MS = 20_000

/** Another executable takes a node's place: its address, its folder, its settings and these beside them; '' takes one away. */
export async function replaceNode(
  scene: Scene,
  node: ClusterNode,
  { command, env = {} }: { command: string[]; env?: Record<string, string> },
): Promise<void> {
  const { victim } = node
  const known = environmentOf(victim.pid)
  victim.signal('SIGTERM')
  await victim.ended
  const next = createVictim(command, {
    dataDir: victim.dataDir,
    listen: new URL(victim.place.url).host,
    env: Object.fromEntries(Object.entries({ ...known, ...env }).filter(([, value]) => value !== '')),
  })
  Object.assign(node, { victim: next })
  await next.start()
  const ready = await until(() => isReady(node), READY_MS)
  require(scene, ready < Infinity, `node ${node.name} is not ready after ${READY_MS} ms`)
}

/** What a process of ours was started with. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )
}

/** A command of the program beside a node. What it says in the end, when it did not do what it was told; else null. */
export async function runBeside(command: string[], env: Record<string, string>): Promise<string | null> {
  // Not in one turn: the wires of the node are ours.
  const child = Bun.spawn(command, { env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  const [code, said] = await Promise.all([child.exited, Bun.readableStreamToText(child.stderr)])
  return code === 0 ? null : `${command.slice(-4).join(' ')} ended with ${code}: ${said}`
}
