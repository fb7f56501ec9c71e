import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { type CaddyServer, findCaddy, OLDEST, startCaddy } from '../caddy.ts'
import { postgresTruth } from '../checker/truth.ts'
import type { Ground } from '../checker/world.ts'
import { createVictim, type Victim } from '../faults/executable.ts'
import { findFreePort } from '../freePort.ts'
import { notRun } from '../notRun.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../postgres.ts'
import { hasRedis, type RedisServer, startRedis } from '../redis.ts'
import { startProxy, type TcpProxy } from './proxy.ts'

/** Several nodes behind Caddy, on PostgreSQL and Redis, all on 127.0.0.1: each part can be hurt by itself. */
export interface Cluster {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly caddy: CaddyServer
  readonly nodes: readonly ClusterNode[]
  readonly ground: Ground
  /** Of the database all nodes share, not by way of any proxy. */
  readonly databaseUrl: string
  stop(): Promise<void>
}

/** A node with wires of its own: what is done to them only this node feels. */
export interface ClusterNode {
  readonly name: string
  readonly victim: Victim
  readonly toPostgres: TcpProxy
  readonly toRedis: TcpProxy
}

export interface ClusterOptions {
  /** What runs Warren: `[dist/warren]`. */
  command: string[]
  nodes?: number
  env?: Record<string, string>
  /** As in postgresql.conf. */
  settings?: readonly string[]
  /** Kept afterwards, with all that was said in it; else a temporary one. */
  folder?: string
  /** Of Caddy; else a free one. */
  port?: number
}

/** False, with a line in the report, where something of it is missing. */
export const hasCluster = hasPostgres && hasRedis && hasTheRest()

function hasTheRest(): boolean {
  if (findCaddy() !== null) return true
  notRun('three nodes behind Caddy', `no Caddy ${OLDEST} or newer on the PATH`)
  return false
}

const SECRET = 'a key that only ever stands on this machine 0123456789'

/** Started and migrated; every node is ready. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'warren-cluster-'))
  const kept = options.folder === undefined ? {} : { folder: join(folder, 'postgres') }
  const [database, redis] = await Promise.all([
    startPostgres({ settings: options.settings ?? [], ...kept }),
    startRedis(),
  ])
  const databaseUrl = `${database.address}/warren`
  await createDatabase(database.address)
  await migrate(options, databaseUrl, folder)
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].slice(0, options.nodes ?? 3)
  const nodes = await Promise.all(
    names.map((name) => startNode({ name, options, folder, database, redis, databaseUrl })),
  )
  const hosts = nodes.map(({ victim }) => new URL(victim.place.url).host)
  const caddy = await startCaddy({
    nodes: hosts,
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const truth = postgresTruth(databaseUrl)
  return {
    postgres: database,
    redis,
    caddy,
    nodes,
    databaseUrl,
    ground: { place: { url: caddy.url }, nodes: nodes.map(({ victim }) => victim.place), truth },
    stop: async () => {
      await truth.close()
      await caddy.stop()
      await Promise.all(nodes.map((node) => endNode(node, options.folder !== undefined)))
      await redis.stop()
      await database.stop()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function createDatabase(address: string): Promise<void> {
  const sql = postgres(`${address}/postgres`, { max: 1 })
  const known = await sql`select 1 from pg_database where datname = 'warren'`
  if (known.length === 0) await sql.unsafe('create database warren')
  await sql.end()
}

async function migrate({ command, env }: ClusterOptions, databaseUrl: string, folder: string): Promise<void> {
  const child = Bun.spawn([...command, 'migrate', 'up', '--data-dir', join(folder, 'migrate')], {
    cwd: folder,
    env: { WARREN_SECRET_KEY: SECRET, ...env, WARREN_DATABASE_URL: databaseUrl },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [code, said] = await Promise.all([child.exited, Bun.readableStreamToText(child.stderr)])
  if (code !== 0) throw new Error(`migrate up ended with ${code}: ${said}`)
}

interface Beginning {
  name: string
  options: ClusterOptions
  folder: string
  database: PostgresServer
  redis: RedisServer
  databaseUrl: string
}

async function startNode(beginning: Beginning): Promise<ClusterNode> {
  const { name, options, folder, database, redis, databaseUrl } = beginning
  const toPostgres = await startProxy({ port: database.port })
  const toRedis = await startProxy({ port: redis.port })
  const dataDir = join(folder, `node-${name}`)
  mkdirSync(dataDir, { recursive: true })
  const victim = createVictim(options.command, {
    dataDir,
    // The same after a restart: Caddy knows it.
    listen: `127.0.0.1:${await findFreePort()}`,
    env: {
      WARREN_DATABASE_URL: toPostgres.via(databaseUrl),
      WARREN_REDIS_URL: toRedis.via(redis.url),
      WARREN_SECRET_KEY: SECRET,
      WARREN_TRUSTED_PROXIES: '127.0.0.1',
      ...options.env,
    },
  })
  await victim.start()
  return { name, victim, toPostgres, toRedis }
}

async function endNode({ victim, toPostgres, toRedis }: ClusterNode, isKept: boolean): Promise<void> {
  if (isKept) victim.signal('SIGKILL')
  await (isKept ? victim.ended : victim.bury())
  await toPostgres.close()
  await toRedis.close()
}
