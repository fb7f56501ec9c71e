import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'postgres'
import type { Cluster } from '../../cluster/cluster.ts'
import { startProxy, type TcpProxy } from '../../cluster/proxy.ts'
import { findFreePort } from '../../freePort.ts'
import { leashed } from '../../leash.ts'
import { childrenOf, type PostgresServer, startPostgres } from '../../postgres.ts'

const BIN = '/usr/lib/postgresql/15/bin'

/** A second PostgreSQL that follows the first. */
export interface Standby {
  port: number
  /** The way of the log between the two. */
  stream: TcpProxy
  /** Settles when it takes writes: after its promotion. */
  server: Promise<PostgresServer>
}

interface Place {
  /** Where connections to the cluster's address end up now. */
  port: number
  server: PostgresServer
  listens: boolean
}

const places = new WeakMap<Cluster, Place>()

const placeOf = (cluster: Cluster): Place => {
  const place = places.get(cluster) ?? {
    port: cluster.postgres.port,
    server: cluster.postgres,
    listens: false,
  }
  places.set(cluster, place)
  return place
}

async function ask<T extends object>(url: string, ...commands: string[]): Promise<T[]> {
  const sql = connect(url, { max: 1, onnotice: () => {}, connect_timeout: 5 })
  try {
    let rows: T[] = []
    for (const command of commands) rows = [...(await sql.unsafe<T[]>(command))]
    return rows
  } finally {
    await sql.end({ timeout: 1 })
  }
}

export const urlOf = (port: number): string => `postgres://warren@127.0.0.1:${port}/warren`

/** A copy of the server that is at work, which follows it from then on; synchronous: no ack without it. */
export async function addStandby(cluster: Cluster, isSynchronous: boolean): Promise<Standby> {
  const { port: primary } = placeOf(cluster)
  const folder = mkdtempSync(join(tmpdir(), 'warren-standby-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const stream = await startProxy({ port: primary })
  await copyFiles(stream.port, folder)
  const port = await findFreePort()
  const server = startPostgres({ folder, port, settings: SETTINGS })
  const following = `select 1 from pg_stat_replication where state = 'streaming'`
  while ((await ask(urlOf(primary), following)).length === 0) await Bun.sleep(100)
  if (isSynchronous) {
    await ask(urlOf(primary), `alter system set synchronous_standby_names = '*'`, 'select pg_reload_conf()')
    const synchronous = `select 1 from pg_stat_replication where sync_state = 'sync'`
    while ((await ask(urlOf(primary), synchronous)).length === 0) await Bun.sleep(100)
  }
  return { port, stream, server }
}

/** Nothing is left in the machine's memory when one is killed; what it refuses as a standby it need not write down. */
const SETTINGS = ['dynamic_shared_memory_type=mmap', 'log_min_messages=log']

async function copyFiles(primary: number, folder: string): Promise<void> {
  const user = process.getuid?.() === 0 ? 'postgres' : undefined
  if (user !== undefined) Bun.spawnSync(['chown', user, folder])
  const from = ['-h', '127.0.0.1', '-p', String(primary), '-U', 'warren']
  const command = [
    join(BIN, 'pg_basebackup'),
    ...from,
    '-D',
    join(folder, 'data'),
    '-R',
    '-c',
    'fast',
    '--no-sync',
  ]
  const child = Bun.spawn(leashed(command, { user }), { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  const [code, said] = await Promise.all([child.exited, Bun.readableStreamToText(child.stderr)])
  if (code !== 0) throw new Error(`pg_basebackup ended with ${code}: ${said}`)
}

/** The server at work is killed with all that it has begun: it will say yes to nothing any more. */
export async function fence(cluster: Cluster): Promise<void> {
  const { server } = placeOf(cluster)
  server.signalAll('SIGSTOP')
  for (const pid of [server.pid, ...childrenOf(server.pid)]) process.kill(pid, 'SIGKILL')
  while (Bun.spawnSync(['kill', '-0', String(server.pid)]).exitCode === 0) await Bun.sleep(5)
}

/** The address of the database leads to the standby, which still only answers questions. */
export async function moveAddress(cluster: Cluster, { port }: Standby): Promise<void> {
  const place = placeOf(cluster)
  place.port = port
  if (place.listens) return
  place.listens = true
  const wires = new Set<Socket>()
  const door = createServer((near) => {
    const far = dial(place.port, '127.0.0.1')
    wires.add(near).add(far)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => {
        other.destroy()
        wires.delete(one)
      })
    }
    near.pipe(far).pipe(near)
  })
  door.unref()
  await new Promise<void>((resolve) => door.listen(cluster.postgres.port, '127.0.0.1', resolve))
}

export async function promote(cluster: Cluster, standby: Standby): Promise<void> {
  await ask(urlOf(standby.port), 'select pg_promote()')
  placeOf(cluster).server = await standby.server
  await standby.stream.close()
}
