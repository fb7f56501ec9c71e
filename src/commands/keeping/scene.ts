import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { aloneInAFolder } from '../../testing/executable.ts'
import { type Asker, askerAt, startTestNode, type TestNode, type TestPerson } from '../../testing/node.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import type { Io } from '../command.ts'
import type { Said } from '../commandLine.ts'
import { run } from '../run.ts'

/** The settings of one installation, as `WARREN_…` would be. */
export type Settings = Record<string, string>

const made: string[] = []

/** A data folder that is not there yet. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warren-keeping-'))
  made.push(folder)
  return join(folder, 'data')
}

/** A folder with the executable in it. */
export function newHome(): string {
  const folder = aloneInAFolder()
  made.push(folder)
  return folder
}

/** For `afterAll`: what was made of the two above goes. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export const onSqlite = async (): Promise<Settings> => ({ WARREN_DATA_DIR: newFolder() })

export const SECRET_KEY = 'a-secret-key-that-only-tests-have-0123456789'

export const onPostgres = async (): Promise<Settings> => ({
  WARREN_DATA_DIR: newFolder(),
  WARREN_DATABASE_URL: await createPostgresDatabase(),
  WARREN_SECRET_KEY: SECRET_KEY,
  WARREN_AUTO_MIGRATE: 'true',
})

/** For `describe.each`. */
export const ENGINES: [string, () => Promise<Settings>][] = [
  ['SQLite', onSqlite],
  ...(hasPostgres ? [['PostgreSQL', onPostgres] as [string, () => Promise<Settings>]] : []),
]

/** A command on an installation, without a terminal; words are split at spaces. */
export async function warren(words: string, env: Settings): Promise<Said> {
  const out: string[] = []
  const err: string[] = []
  const io: Io = {
    env,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    taken: async () => {},
    interactive: false,
    color: false,
    askSecret: () => Promise.reject(new Error('asked without a terminal')),
    readInput: async () => '',
  }
  const exit = await run(words.split(' ').filter(Boolean), io)
  return { exit, out: out.join('\n'), err: err.join('\n') }
}

export interface Team {
  node: TestNode
  people: TestPerson[]
  tea: string
  say(who: TestPerson, content: string): Promise<{ status: number; id: string }>
}

/** A node on which everything has happened once: each table has rows that are not alike. */
export async function startTeam(env: Settings): Promise<Team> {
  const node = await startTestNode(env)
  const people = [await node.person('ada', 'owner'), await node.person('ann'), await node.person('bo')]
  const [ada, ann, bo] = people as [TestPerson, TestPerson, TestPerson]
  const { body } = await ann.post('/api/chats', {
    kind: 'group',
    name: 'Чай ☕',
    member_ids: [bo.id, ada.id],
  })
  const tea: string = body.chat.id
  const say = async (who: TestPerson, content: string) => {
    const answer = await who.post(`/api/chats/${tea}/messages`, { client_id: crypto.randomUUID(), content })
    return { status: answer.status, id: answer.body.message?.id as string }
  }
  const first = await say(ann, 'Hello **bo**,\n"quotes" \\ and @bo')
  const edited = await say(bo, 'wrong')
  const removed = await say(ann, 'never mind')
  await bo.put(`/api/chats/messages/${edited.id}`, { content: 'right — ёж 🦔' })
  await ann.del(`/api/chats/messages/${removed.id}`)
  for (const who of [ada, bo])
    await who.put(`/api/chats/messages/${first.id}/reactions/${encodeURIComponent('🐇')}`)
  await ada.put(`/api/chats/messages/${first.id}/pin`)
  await bo.post(`/api/chats/${tea}/read`, { seq: 2 })
  await ada.put('/api/users/me', {
    full_name: 'Ада Л.',
    phone_number: '+31612345678',
    bio: '',
    status_text: '',
    status_emoji: '',
    locale: 'ru',
  })
  await ada.post('/api/invites', { max_uses: 3 })
  const { body: other } = await ada.post('/api/chats', {
    kind: 'channel',
    visibility: 'public',
    name: 'news',
  })
  await ann.post(`/api/chats/${other.chat.id}/join`)
  await ada.del(`/api/chats/${tea}/members/${bo.id}`)
  await ann.post(`/api/chats/${tea}/members`, { user_id: bo.id })
  return { node, people, tea, say }
}

/** Everything that somebody may see, as the API answers it. */
export async function everythingOf(asker: Asker): Promise<unknown> {
  const chats = await allOf(asker, '/api/chats?limit=100')
  const rooms: unknown[] = []
  for (const { id } of chats as { id: string }[]) {
    rooms.push({
      chat: (await asker.get(`/api/chats/${id}`)).body,
      members: await allOf(asker, `/api/chats/${id}/members?limit=100`),
      messages: await historyOf(asker, id),
      changes: (await asker.get(`/api/chats/${id}/changes?after=0`)).body,
    })
  }
  const found: unknown[] = []
  for (const query of ['a', 'bo', 'ада', 'person-1']) {
    found.push((await asker.get(`/api/users?query=${encodeURIComponent(query)}`)).body)
  }
  return {
    me: (await asker.get('/api/auth/me')).body,
    chats,
    rooms,
    found,
    sessions: (await asker.get('/api/auth/sessions')).body,
  }
}

async function allOf(asker: Asker, path: string): Promise<unknown[]> {
  const all: unknown[] = []
  for (let cursor = ''; ; ) {
    const { body } = await asker.get(path + cursor)
    all.push(...body.data)
    if (body.page.next === null) return all
    cursor = `&cursor=${encodeURIComponent(body.page.next)}`
  }
}

/** The newest pages of a chat, up to 500 messages. */
async function historyOf(asker: Asker, id: string): Promise<unknown[]> {
  const pages: unknown[] = []
  for (let bound = ''; pages.length < 5; ) {
    const { body } = await asker.get(`/api/chats/${id}/messages?limit=100${bound}`)
    pages.push(body)
    if (body.page.before === null) break
    bound = `&before=${body.page.before}`
  }
  return pages
}

/** The same person at another node, by the token that they hold. */
export const at = (node: TestNode, { token }: { token: string }): Asker =>
  askerAt(node.url, { authorization: `Bearer ${token}` })

/** The executable in its folder, without any environment; killed -9 after `killedAfterMs` when that is given. */
export function startAlone(folder: string, words: string, killedAfterMs?: number) {
  return Bun.spawn(['./warren', ...words.split(' ')], {
    cwd: folder,
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    ...(killedAfterMs === undefined ? {} : { timeout: killedAfterMs, killSignal: 'SIGKILL' }),
  })
}

export interface Ran {
  /** Null when it was killed. */
  code: number | null
  out: string
  err: string
  seconds: number
}

/** Runs it to its end. */
export async function runTimed(folder: string, words: string, killedAfterMs?: number): Promise<Ran> {
  const began = performance.now()
  const child = startAlone(folder, words, killedAfterMs)
  const [out, err] = await Promise.all([
    Bun.readableStreamToText(child.stdout),
    Bun.readableStreamToText(child.stderr),
    child.exited,
  ])
  return { code: child.exitCode, out, err, seconds: (performance.now() - began) / 1000 }
}

/** The most memory that it took, in MB. The system's own figure for a child begins with its parent's. */
export async function runWeighed(folder: string, words: string): Promise<Ran & { megabytes: number }> {
  const child = startAlone(folder, words)
  const watch = Bun.spawn(['sh', '-c', WATCH, 'sh', String(child.pid)], { stdout: 'pipe' })
  const began = performance.now()
  const [out, err, peak] = await Promise.all([
    Bun.readableStreamToText(child.stdout),
    Bun.readableStreamToText(child.stderr),
    Bun.readableStreamToText(watch.stdout),
    child.exited,
  ])
  const seconds = (performance.now() - began) / 1000
  return { code: child.exitCode, out, err, seconds, megabytes: Number(peak.trim()) / 1000 }
}

/** Prints the last peak that was seen, in kB, when the process is gone. */
const WATCH = `
  while now=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$1/status 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.05
  done
  echo "$peak"
`
