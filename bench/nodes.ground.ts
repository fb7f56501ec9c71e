import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import connect from 'postgres'
import { newId } from '../src/platform/ids.ts'
import { signAccessToken } from '../src/accounts/accessToken.ts'
import { type OpenApp, openApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { type PostgresServer, startPostgres } from '../src/testing/postgres.ts'
import { type RedisServer, startRedis } from '../src/testing/redis.ts'
import { forget, freshFolder, start, WARREN } from './machine.ts'
import { type Chat, type Person, type Serving, settings, untilServing } from './warren.ts'

/** Nodes of one team over a PostgreSQL and a Redis of their own, on the disk, all sharing both cores. */
export interface NodesGround {
  readonly redis: RedisServer
  /** A further node, once it hears the others. */
  serve(): Promise<Serving>
  addPeople(count: number): Promise<Person[]>
  addChannel(members: readonly Person[]): Promise<Chat>
  ask<Row>(statement: string): Promise<Row[]>
  end(): Promise<void>
}

export async function openNodesGround(): Promise<NodesGround> {
  const folder = freshFolder('nodes')
  // As root the server runs as another user, who passes through.
  chmodSync(folder, 0o711)
  const [database, redis] = [await startPostgres({ folder: `${folder}/server` }), await startRedis()]
  const env = {
    WARREN_DATABASE_URL: `${database.address}/postgres`,
    WARREN_SECRET_KEY: 'a-key-of-the-benchmarks-0123456789-abcdefgh',
    WARREN_AUTO_MIGRATE: 'on',
  }
  const open = await openApp(loadConfig({ env: { ...envOf(folder, 'furnishing'), ...env } }).config)
  const nodes: Serving[] = []
  return {
    redis,
    serve: async () => {
      const all = { ...envOf(folder, `node-${nodes.length}`), ...env, WARREN_REDIS_URL: redis.url }
      const node = await untilServing(start([WARREN, 'serve'], { core: 'either', env: all, cwd: folder }))
      nodes.push(node)
      return node
    },
    addPeople: (count) => addPeople(open, count),
    addChannel: (members) => addChannel(open, members),
    ask: (statement) => ask(`${database.address}/postgres`, statement),
    end: async () => {
      await open.close()
      for (const node of nodes) await node.end('SIGKILL')
      await endServers(database, redis)
      forget(folder)
    },
  }
}

function envOf(folder: string, name: string): Record<string, string> {
  mkdirSync(`${folder}/${name}`, { recursive: true })
  return settings(`${folder}/${name}`)
}

async function endServers(database: PostgresServer, redis: RedisServer): Promise<void> {
  await redis.stop()
  await database.stop()
}

async function ask<Row>(address: string, statement: string): Promise<Row[]> {
  const sql = connect(address, { max: 1 })
  try {
    return (await sql.unsafe(statement)) as unknown as Row[]
  } finally {
    await sql.end()
  }
}

async function addPeople({ app }: OpenApp, count: number): Promise<Person[]> {
  const now = Date.now()
  const people = Array.from({ length: count }, () => ({ id: newId<'user'>(), session: newId<'session'>() }))
  await app.db.write(async (sql) => {
    for (const { id, session } of people) {
      const name = `p-${id.slice(-20)}`
      await sql`insert into users (id, email, username, full_name, name_folded, role, email_verified_at,
        authz_changed_at, created_at, updated_at)
        values (${id}, ${`${name}@example.org`}, ${name}, ${name}, ${name}, 'member', ${now}, 0, ${now}, ${now})`
      await sql`insert into sessions (id, user_id, authz_version, created_at, last_used_at, expires_at)
        values (${session}, ${id}, 1, ${now}, ${now}, ${now + 86_400_000})`
    }
  })
  return Promise.all(
    people.map(async ({ id, session }) => ({
      id,
      token: await signAccessToken(app, { id: session, userId: id }),
    })),
  )
}

/** Empty, with everybody in it. */
async function addChannel({ app }: OpenApp, members: readonly Person[]): Promise<Chat> {
  const id = newId<'chat'>()
  const now = Date.now()
  await app.db.write(async (sql) => {
    await sql`insert into chats (id, kind, visibility, name, name_folded, created_by, rev, last_seq, member_count,
      changed_at, created_at, updated_at)
      values (${id}, 'channel', 'private', ${id}, ${id}, ${members[0]?.id ?? ''}, ${members.length}, 0,
        ${members.length}, 0, ${now}, ${now})`
    for (const [at, member] of members.entries()) {
      await sql`insert into members (chat_id, user_id, role, rev, joined_at)
        values (${id}, ${member.id}, 'member', ${at + 1}, ${now})`
    }
  })
  return { id, members, lastSeq: 0 }
}

/** Time that a process was on a core, of all its threads, in seconds: finer than its clock ticks. */
export function runSeconds(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`)
  return tasks.reduce((sum, task) => {
    const [ran] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')
    return sum + Number(ran) / 1e9
  }, 0)
}
