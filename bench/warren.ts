import { Database } from 'bun:sqlite'
import { type Id, newId } from '../src/platform/ids.ts'
import { signAccessToken } from '../src/accounts/accessToken.ts'
import { createUser } from '../src/accounts/index.ts'
import { type OpenApp, openApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { type Program, start, WARREN } from './machine.ts'

/** Somebody with a session. */
export interface Person {
  id: Id<'user'>
  token: string
}

export interface Chat {
  id: Id<'chat'>
  members: readonly Person[]
  lastSeq: number
}

/** A data folder that is being filled, by the fastest way there is: the product's schema, none of its actions. */
export interface Furnishing {
  db: Database
  addPeople(count: number): Promise<Person[]>
  addChat(kind: 'direct' | 'channel', members: readonly Person[]): Chat
  /** Fills a chat with messages of ordinary length. */
  addMessages(chat: Chat, count: number): void
}

export const settings = (dataDir: string): Record<string, string> => ({
  WARREN_DATA_DIR: dataDir,
  WARREN_LISTEN: '127.0.0.1:0',
  WARREN_LOG_LEVEL: 'warn',
  WARREN_LIMITS_FACTOR: '1000000',
})

export const OWNER = { email: 'ada@example.org', username: 'ada', password: 'a long password' }

/** The owner as a member of chats; they sign in by their password. */
export function ownerOf({ db }: Furnishing): Person {
  const { id } = db.query("select id from users where role = 'owner'").get() as { id: Id<'user'> }
  return { id, token: '' }
}

/** Makes the folder a set-up server, and lets `fill` add to it. */
export async function furnish<T>(dataDir: string, fill: (into: Furnishing) => Promise<T>): Promise<T> {
  const open = await openApp(loadConfig({ env: settings(dataDir) }).config)
  const { id: userId } = await createUser(open.app, OWNER, { role: 'owner', verified: true })
  // The first token makes the key that signs: a write of the app, before ours holds the database.
  await signAccessToken(open.app, { id: newId<'session'>(), userId })
  const db = new Database(`${dataDir}/warren.db`)
  db.run('pragma synchronous = off')
  db.run('pragma busy_timeout = 10000')
  db.run('begin immediate')
  try {
    const filled = await fill(furnishing(open, db))
    db.run('commit')
    return filled
  } finally {
    db.close()
    await open.close()
  }
}

/** Tokens last half an hour: a folder that was kept needs new ones. */
export async function newTokens(dataDir: string, userIds: readonly Id<'user'>[]): Promise<Person[]> {
  const open = await openApp(loadConfig({ env: settings(dataDir) }).config)
  const db = new Database(`${dataDir}/warren.db`)
  try {
    return await Promise.all(userIds.map(async (id) => ({ id, token: await signIn(open, db, id) })))
  } finally {
    db.close()
    await open.close()
  }
}

async function signIn({ app }: OpenApp, db: Database, userId: Id<'user'>): Promise<string> {
  const id = newId<'session'>()
  const now = Date.now()
  db.query('insert into sessions values (?, ?, 1, ?, ?, ?, ?, null)').run(
    ...[id, userId, 'bench', now, now, now + 86_400_000],
  )
  return signAccessToken(app, { id, userId })
}

function furnishing(open: OpenApp, db: Database): Furnishing {
  const now = Date.now()
  const addUser = async (name: string): Promise<Person> => {
    const id = newId<'user'>()
    db.query(`insert into users (id, email, username, full_name, name_folded, role, email_verified_at,
      authz_changed_at, created_at, updated_at) values (?, ?, ?, ?, ?, 'member', ?, 0, ?, ?)`).run(
      ...[id, `${name}@example.org`, name, name, name, now, now, now],
    )
    return { id, token: await signIn(open, db, id) }
  }
  return {
    db,
    addPeople: async (count) => {
      const people: Person[] = []
      for (let i = 0; i < count; i++) people.push(await addUser(`person-${i}`))
      return people
    },
    addChat: (kind, members) => addChat(db, kind, members),
    addMessages: (chat, count) => addMessages(db, chat, count),
  }
}

function addChat(db: Database, kind: 'direct' | 'channel', members: readonly Person[]): Chat {
  const id = newId<'chat'>()
  const now = Date.now()
  const creator = members[0]?.id ?? ''
  // The first message of a direct chat also tells who is in it: that is not what is measured.
  db.query(`insert into chats (id, kind, visibility, name, name_folded, created_by, direct_key, rev, last_seq,
    member_count, changed_at, created_at, updated_at) values (?, ?, 'private', ?, ?, ?, ?, ?, 1, ?, 0, ?, ?)`).run(
    ...[id, kind, kind === 'direct' ? null : id, kind === 'direct' ? null : id, creator],
    ...[kind === 'direct' ? members.map((member) => member.id).join(':') : null],
    ...[members.length + 1, members.length, now, now],
  )
  const join = db.query(
    `insert into members (chat_id, user_id, role, rev, joined_at) values (?, ?, 'member', ?, ?)`,
  )
  members.forEach((member, i) => {
    join.run(id, member.id, i + 1, now)
  })
  const chat = { id, members, lastSeq: 0 }
  addMessages(db, chat, 1, members.length)
  return chat
}

const CONTENT = 'the quick brown fox jumps over the lazy dog and says so. '

/** `revs` are those that the chat's other rows took before. */
function addMessages(db: Database, chat: Chat, count: number, revs = chat.members.length): void {
  const insert =
    db.query(`insert into messages (id, chat_id, seq, rev, sender_id, client_id, original_hash, kind,
    content, created_at) values (?, ?, ?, ?, ?, ?, ?, 'text', ?, ?)`)
  const now = Date.now() - count * 1000
  for (let i = 1; i <= count; i++) {
    const seq = chat.lastSeq + i
    const sender = chat.members[seq % chat.members.length]?.id ?? ''
    const text = CONTENT.repeat(1 + (seq % 5)).trim()
    insert.run(...[newId(), chat.id, seq, seq + revs, sender, newId(), 'x'.repeat(43), text, now + i * 1000])
  }
  chat.lastSeq += count
  db.query('update chats set last_seq = ?, rev = ? where id = ?').run(
    ...[chat.lastSeq, chat.lastSeq + revs, chat.id],
  )
}

export interface Serving extends Program {
  url: string
  port: number
}

/** `warren serve` on the measured core. */
export const serve = (dataDir: string): Promise<Serving> => serveWith(dataDir, {})

export const serveWith = (dataDir: string, env: Record<string, string>): Promise<Serving> =>
  untilServing(
    start([WARREN, 'serve'], { core: 'measured', env: { ...settings(dataDir), ...env }, cwd: dataDir }),
  )

export async function untilServing(node: Program): Promise<Serving> {
  for (;;) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(await node.line()) ?? []
    if (url !== undefined) return { ...node, url, port: Number(new URL(url).port) }
  }
}
