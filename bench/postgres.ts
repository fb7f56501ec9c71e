import { chmodSync, mkdirSync } from 'node:fs'
import { newId } from '../src/platform/ids.ts'
import { signAccessToken } from '../src/accounts/accessToken.ts'
import { type OpenApp, openApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { childrenOf, type PostgresServer, startPostgres } from '../src/testing/postgres.ts'
import { cpuSeconds, forget, freshFolder, start, WARREN } from './machine.ts'
import { type Chat, type Person, type Serving, settings, untilServing } from './warren.ts'

/** A server of our own on the disk, as it comes: what is acknowledged is flushed. */
export interface Ground {
  ask<Row>(statement: string): Promise<Row[]>
  /** User and system time of all its processes so far, in seconds. */
  cpuSeconds(): number
  /** A node and all that it is told by its environment. */
  serve(executable?: string): Promise<Serving>
  /** Direct chats of two people each, whose first message is behind them. */
  addChats(count: number): Promise<Chat[]>
  end(): Promise<void>
}

export async function openGround(): Promise<Ground> {
  const folder = freshFolder('postgres')
  // As root the server runs as another user, who passes through.
  chmodSync(folder, 0o711)
  const server = await startPostgres({ folder: `${folder}/server` })
  const address = `${server.address}/postgres`
  mkdirSync(`${folder}/node`)
  const env = {
    ...settings(`${folder}/node`),
    WARREN_DATABASE_URL: address,
    WARREN_SECRET_KEY: 'a-key-of-the-benchmarks-0123456789-abcdefgh',
    WARREN_AUTO_MIGRATE: 'on',
  }
  return {
    ask: (statement) => ask(address, statement),
    cpuSeconds: () => [server.pid, ...childrenOf(server.pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    serve: (executable = WARREN) =>
      untilServing(start([executable, 'serve'], { core: 'either', env, cwd: folder })),
    addChats: (count) => withApp(env, (open) => addChats(open, count)),
    end: () => end(server, folder),
  }
}

async function ask<Row>(address: string, statement: string): Promise<Row[]> {
  const { default: connect } = await import('postgres')
  const sql = connect(address, { max: 1 })
  try {
    return (await sql.unsafe(statement)) as unknown as Row[]
  } finally {
    await sql.end()
  }
}

async function end(server: PostgresServer, folder: string): Promise<void> {
  await server.stop()
  forget(folder)
}

async function withApp<T>(env: Record<string, string>, work: (open: OpenApp) => Promise<T>): Promise<T> {
  const open = await openApp(loadConfig({ env }).config)
  try {
    return await work(open)
  } finally {
    await open.close()
  }
}

async function addChats(open: OpenApp, count: number): Promise<Chat[]> {
  const chats: Chat[] = []
  for (let i = 0; i < count; i++) {
    const members = [await addPerson(open, `person-${2 * i}`), await addPerson(open, `person-${2 * i + 1}`)]
    chats.push(await addChat(open, members))
  }
  return chats
}

async function addPerson({ app }: OpenApp, name: string): Promise<Person> {
  const id = newId<'user'>()
  const session = newId<'session'>()
  const now = Date.now()
  await app.db.write(async (sql) => {
    await sql`insert into users (id, email, username, full_name, name_folded, role, email_verified_at,
      authz_changed_at, created_at, updated_at)
      values (${id}, ${`${name}@example.org`}, ${name}, ${name}, ${name}, 'member', ${now}, 0, ${now}, ${now})`
    await sql`insert into sessions (id, user_id, authz_version, created_at, last_used_at, expires_at)
      values (${session}, ${id}, 1, ${now}, ${now}, ${now + 86_400_000})`
  })
  return { id, token: await signAccessToken(app, { id: session, userId: id }) }
}

/** Revs 1 and 2 are the members', 3 the first message's: it is the one that also tells who is in the chat. */
async function addChat({ app }: OpenApp, members: readonly Person[]): Promise<Chat> {
  const id = newId<'chat'>()
  const now = Date.now()
  const creator = members[0]?.id ?? ''
  await app.db.write(async (sql) => {
    await sql`insert into chats (id, kind, visibility, created_by, direct_key, rev, last_seq, member_count,
      changed_at, created_at, updated_at)
      values (${id}, 'direct', 'private', ${creator}, ${id}, 3, 1, 2, 0, ${now}, ${now})`
    for (const [i, member] of members.entries()) {
      await sql`insert into members (chat_id, user_id, role, rev, joined_at)
        values (${id}, ${member.id}, 'member', ${i + 1}, ${now})`
    }
    await sql`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content,
      created_at)
      values (${newId()}, ${id}, 1, 3, ${creator}, ${newId()}, ${'x'.repeat(43)}, 'text', 'hello', ${now})`
  })
  return { id, members, lastSeq: 1 }
}
