import type { TestNode } from '../node.ts'

/** Of what a refused request may not change: every row but those of sessions, which are only counted. */
const WHOLE = [
  'users',
  'invites',
  'chats',
  'members',
  'messages',
  'mentions',
  'reactions',
  'jobs',
  'one_time_tokens',
] as const

/** Equal when nothing was stored, changed or deleted in between. */
export async function fingerprint({ node }: TestNode): Promise<Record<string, string>> {
  const { read } = node.app.db
  const rows = await Promise.all(
    WHOLE.map(async (table) => [table, hash(await TABLES[table](read))] as const),
  )
  const sessions = await read`select id, ended_at from sessions order by id`
  return { ...Object.fromEntries(rows), sessions: hash(sessions) }
}

type Read = TestNode['node']['app']['db']['read']

/** The tag takes no names of tables. */
const TABLES: Record<(typeof WHOLE)[number], (read: Read) => Promise<unknown[]>> = {
  users: (read) => read`select * from users order by id`,
  invites: (read) => read`select * from invites order by code`,
  chats: (read) => read`select * from chats order by id`,
  members: (read) => read`select * from members order by chat_id, user_id`,
  messages: (read) => read`select * from messages order by id`,
  mentions: (read) => read`select * from mentions order by chat_id, target, seq`,
  reactions: (read) => read`select * from reactions order by message_id, user_id, emoji`,
  jobs: (read) => read`select * from jobs order by id`,
  one_time_tokens: (read) => read`select * from one_time_tokens order by hash`,
}

const hash = (rows: unknown[]): string => `${rows.length} ${Bun.hash(JSON.stringify(rows)).toString(36)}`
