import { Database } from 'bun:sqlite'
import connect from 'postgres'
import type { StoredChat, StoredRow } from './history.ts'
import { reactionsOf } from './wireForms.ts'

/** How far a chat has come, for those who wait. */
export interface StoredHead {
  id: string
  rev: number
  /** Who is in it. */
  userIds: string[]
}

/** The database itself, read beside the nodes that may be at work. */
export interface Truth {
  heads(chatIds: readonly string[]): Promise<StoredHead[]>
  /** The chats as they are stored, all of one moment. */
  chats(chatIds: readonly string[]): Promise<StoredChat[]>
  /** The chats that were made with these client ids. */
  madeWith(clientIds: readonly string[]): Promise<string[]>
  close(): Promise<void>
}

type Ask = <T>(sql: string) => Promise<T[]>

/** Opened for each question: a file may have been put in place of another meanwhile. */
export function sqliteTruth(path: string): Truth {
  const during = async <T>(work: (ask: Ask) => Promise<T>): Promise<T> => {
    const db = new Database(path, { readonly: true })
    try {
      return await work(async <R>(sql: string) => db.query<R, []>(sql).all())
    } finally {
      db.close()
    }
  }
  return { ...truthOver(during), close: async () => {} }
}

const INTEGERS = { to: 20, from: [20, 1700], parse: Number, serialize: String }

export function postgresTruth(url: string): Truth {
  const sql = connect(url, { max: 1, types: { integer: INTEGERS }, fetch_types: false, onnotice: () => {} })
  const during = <T>(work: (ask: Ask) => Promise<T>): Promise<T> =>
    sql.begin('isolation level repeatable read read only', (one) =>
      work(async <R>(text: string) => [...(await one.unsafe(text))] as unknown as R[]),
    ) as Promise<T>
  return { ...truthOver(during), close: () => sql.end({ timeout: 2 }) }
}

const truthOver = (during: <T>(work: (ask: Ask) => Promise<T>) => Promise<T>): Omit<Truth, 'close'> => ({
  heads: (chatIds) => during((ask) => readHeads(ask, listOf(chatIds))),
  chats: (chatIds) => during((ask) => readStored(ask, listOf(chatIds))),
  madeWith: (clientIds) =>
    during(async (ask) => {
      const made = await ask<{ id: string }>(`select id from chats where client_id in ${listOf(clientIds)}`)
      return made.map(({ id }) => id)
    }),
})

/** Ids are of one form and ours. */
const listOf = (ids: readonly string[]): string => `(${ids.map((id) => `'${id}'`).join(', ')})`

/** A direct chat is heard of by its first message. */
const IS_HEARD_OF = "not (kind = 'direct' and last_seq = 0)"

async function readHeads(ask: Ask, ids: string): Promise<StoredHead[]> {
  const heads = await ask<{ id: string; rev: number }>(
    `select id, rev from chats where ${IS_HEARD_OF} and id in ${ids}`,
  )
  const members = await ask<{ chat_id: string; user_id: string }>(
    `select chat_id, user_id from members join chats on chats.id = chat_id
      where left_at is null and deleted_at is null and chat_id in ${ids}`,
  )
  const inside = Map.groupBy(members, ({ chat_id }) => chat_id)
  return heads.map((head) => ({
    ...head,
    userIds: (inside.get(head.id) ?? []).map(({ user_id }) => user_id),
  }))
}

async function readStored(ask: Ask, ids: string): Promise<StoredChat[]> {
  const chats = await ask<ChatColumns>(
    `select id, kind, client_id, deleted_at, rev, last_seq from chats where ${IS_HEARD_OF} and id in ${ids}`,
  )
  const stored: StoredChat[] = []
  for (const { id, kind, client_id, deleted_at, rev, last_seq } of chats)
    stored.push({
      id,
      kind,
      clientId: client_id,
      isGone: deleted_at !== null,
      rev,
      lastSeq: last_seq,
      rows: await readRows(ask, id),
      members: await readMembers(ask, id),
    })
  return stored
}

interface ChatColumns {
  id: string
  kind: string
  client_id: string | null
  deleted_at: number | null
  rev: number
  last_seq: number
}

interface MessageColumns {
  seq: number
  id: string
  rev: number
  sender_id: string
  client_id: string
  kind: string
  content: string
  system: string | null
  created_at: number
  deleted_at: number | null
  edited_at: number | null
}

async function readRows(ask: Ask, chatId: string): Promise<StoredRow[]> {
  const felt = await ask<{ message_id: string; emoji: string; count: number }>(
    `select message_id, emoji, count(*) as count from reactions where chat_id = '${chatId}' group by 1, 2`,
  )
  const reactions = Map.groupBy(felt, ({ message_id }) => message_id)
  const rows = await ask<MessageColumns>(
    `select * from messages where chat_id = '${chatId}' order by seq, rev`,
  )
  return rows.map((row) => ({
    seq: row.seq,
    createdAt: row.created_at,
    id: row.id,
    rev: row.rev,
    sender: row.sender_id,
    kind: row.kind,
    content: row.content,
    deleted: row.deleted_at !== null,
    edited: row.edited_at !== null,
    reactions: reactionsOf(reactions.get(row.id) ?? []),
    client_id: row.client_id,
    system: row.system === null ? null : JSON.parse(row.system),
  }))
}

async function readMembers(ask: Ask, chatId: string): Promise<StoredChat['members']> {
  const rows = await ask<{ user_id: string; rev: number; left_at: number | null; last_read_seq: number }>(
    `select user_id, rev, left_at, last_read_seq from members where chat_id = '${chatId}'`,
  )
  return new Map(
    rows.map(({ user_id, rev, left_at, last_read_seq }) => [
      user_id,
      { rev, isIn: left_at === null, mark: last_read_seq },
    ]),
  )
}

/** What the engine itself says of the file: `ok`, or what is wrong. */
export function integrityOf(path: string): string {
  const db = new Database(path, { readonly: true })
  try {
    const row = db.query<{ integrity_check: string }, []>('pragma integrity_check').get()
    return row?.integrity_check ?? 'no answer'
  } finally {
    db.close()
  }
}
