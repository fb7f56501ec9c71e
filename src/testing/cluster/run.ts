import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findCaddy, OLDEST } from '../caddy.ts'
import { BUILT } from '../faults/faults.ts'
import { hasPostgres } from '../postgres.ts'
import { hasRedis } from '../redis.ts'
import { type Cluster, startCluster } from './cluster.ts'

// `script/cluster [--nodes N] [--port N] [--data DIR]`: nodes behind Caddy, on PostgreSQL and Redis, all on this machine,
// until Ctrl+C. docs/operate/cluster.md says what it is for.

const USAGE = 'script/cluster [--nodes N] [--port N] [--data DIR]: see docs/operate/cluster.md'

interface Wanted {
  nodes: number
  port: number
  folder: string
}

const MISSING: [boolean, string][] = [
  [hasPostgres, 'PostgreSQL 15 is not installed: apt-get install postgresql-15'],
  [hasRedis, 'Redis is not installed: apt-get install redis-server'],
  [
    findCaddy() !== null,
    `no Caddy ${OLDEST} or newer is on the PATH: go install github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9`,
  ],
  [existsSync(BUILT), 'dist/warren is not there: script/build makes it'],
]

async function main(): Promise<number> {
  const wanted = readArguments()
  if (typeof wanted === 'string') return fail(2, wanted, USAGE)
  if (wanted === null) {
    console.log(USAGE)
    return 0
  }
  const missing = MISSING.filter(([isThere]) => !isThere)
  if (missing.length > 0) return fail(4, ...missing.map(([, words]) => words))
  const { nodes, port, folder } = wanted
  mkdirSync(folder, { recursive: true })
  let cluster: Cluster
  try {
    cluster = await startCluster({ command: [BUILT], nodes, port, folder, env: envOf(folder) })
  } catch (error) {
    return fail(1, explain(error, wanted))
  }
  announce(cluster, folder)
  for (const node of cluster.nodes) void tellEnd(node) // settles with the process
  await untilAskedToEnd()
  console.log('Ending: each node finishes what was begun.')
  await Promise.all(cluster.nodes.map(leave))
  await cluster.stop()
  return 0
}

/** Null when they only want to know how; the words for what is wrong. */
function readArguments(): Wanted | string | null {
  try {
    const { values } = parseArgs({
      options: {
        nodes: { type: 'string', default: '3' },
        port: { type: 'string', default: '8080' },
        data: { type: 'string', default: './data/cluster' },
        help: { type: 'boolean', default: false },
      },
    })
    const [nodes, port] = [Number(values.nodes), Number(values.port)]
    if (!(nodes >= 1 && nodes <= 8 && port > 0 && port < 65_536)) return '--nodes takes 1 to 8, --port a port'
    return values.help ? null : { nodes, port, folder: resolve(values.data) }
  } catch (error) {
    return (error as Error).message
  }
}

function fail(code: number, ...lines: string[]): number {
  for (const line of lines) console.error(line === USAGE ? line : `error: ${line}`)
  return code
}

/** What people meet, in words; else what was said. */
function explain(error: unknown, { port, folder }: Wanted): string {
  const said = error instanceof Error ? error.message : String(error)
  if (said.includes('address already in use')) return `port ${port} is taken: name another with --port`
  if (said.includes('Permission denied') && process.getuid?.() === 0)
    return `PostgreSQL does not run as root, and its user may not come into ${folder}: name another folder, such as --data /var/tmp/warren`
  return said
}

const envOf = (folder: string): Record<string, string> => ({
  WARREN_SECRET_KEY: kept(join(folder, 'secret')),
  WARREN_SETUP_TOKEN: kept(join(folder, 'setup-token')),
  WARREN_REGISTRATION: 'invite',
  WARREN_LIMITS_FACTOR: '1',
  WARREN_LOG_LEVEL: 'warn',
})

/** The same at the next start: the database knows it. */
function kept(file: string): string {
  if (!existsSync(file)) writeFileSync(file, crypto.randomUUID() + crypto.randomUUID(), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function announce({ caddy, nodes, databaseUrl, redis }: Cluster, folder: string): void {
  const isNew = nodes.some(({ victim }) => victim.said().includes('no account yet'))
  console.log(`Warren is at ${caddy.url}, behind it`)
  for (const { name, victim } of nodes)
    console.log(`  node ${name}      ${victim.place.url}  (process ${victim.pid})`)
  console.log(`  PostgreSQL  ${databaseUrl}\n  Redis       ${redis.url}`)
  console.log(`Everything that lasts is in ${folder}.`)
  if (isNew)
    console.log(
      `There is no account yet. Make the first one at ${caddy.url}/setup?setup_token=${envOf(folder).WARREN_SETUP_TOKEN}`,
    )
  console.log('Ctrl+C ends all of it.')
}

function untilAskedToEnd(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done())
    process.once('SIGTERM', () => done())
  })
}

async function tellEnd({ name, victim }: Cluster['nodes'][number]): Promise<void> {
  const how = await victim.ended
  console.log(`Node ${name} has ended (${how === 0 ? 'in order' : how}).`)
}

async function leave({ victim }: Cluster['nodes'][number]): Promise<void> {
  victim.signal('SIGTERM')
  await victim.ended
}

process.exit(await main())
