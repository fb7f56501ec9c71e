import { Database } from 'bun:sqlite'
import type { ChatView, StoredChat, StoredRow } from './history.ts'
import { askRest } from './line.ts'
import { newMirror, putMember, putRow } from './mirror.ts'
import { reactionsOf, rowOf } from './wireForms.ts'

/** A direct chat is heard of by its first message. */
const IS_HEARD_OF = "not (kind = 'direct' and last_seq = 0)"

/** All chats as the file has them, beside a node that may be at work. */
export function readStored(path: string): StoredChat[] {
  const db = new Database(path, { readonly: true })
  try {
    return db
      .query<{ id: string; rev: number; last_seq: number }, []>(
        `select id, rev, last_seq from chats where ${IS_HEARD_OF}`,
      )
      .all()
      .map(({ id, rev, last_seq }) => ({
        id,
        rev,
        lastSeq: last_seq,
        rows: readRows(db, id),
        members: readMembers(db, id),
      }))
  } finally {
    db.close()
  }
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
  deleted_at: number | null
  edited_at: number | null
}

function readRows(db: Database, chatId: string): StoredRow[] {
  const felt = db
    .query<{ message_id: string; emoji: string; count: number }, [string]>(
      'select message_id, emoji, count(*) as count from reactions where chat_id = ? group by 1, 2',
    )
    .all(chatId)
  const reactions = Map.groupBy(felt, ({ message_id }) => message_id)
  return db
    .query<MessageColumns, [string]>('select * from messages where chat_id = ? order by seq, rev')
    .all(chatId)
    .map((row) => ({
      seq: row.seq,
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

function readMembers(db: Database, chatId: string): StoredChat['members'] {
  const rows = db
    .query<{ user_id: string; rev: number; left_at: number | null; last_read_seq: number }, [string]>(
      'select user_id, rev, left_at, last_read_seq from members where chat_id = ?',
    )
    .all(chatId)
  return new Map(
    rows.map(({ user_id, rev, left_at, last_read_seq }) => [
      user_id,
      { rev, isIn: left_at === null, mark: last_read_seq },
    ]),
  )
}

export interface StoredHead {
  id: string
  rev: number
  /** Who is in it. */
  userIds: string[]
}

/** How far each chat has come, for those who wait. */
export function readHeads(path: string): StoredHead[] {
  const db = new Database(path, { readonly: true })
  try {
    return db
      .query<{ id: string; rev: number; users: string | null }, []>(
        `select id, rev, (select group_concat(user_id) from members where chat_id = id and left_at is null) as users
         from chats where ${IS_HEARD_OF}`,
      )
      .all()
      .map(({ id, rev, users }) => ({ id, rev, userIds: users?.split(',') ?? [] }))
  } finally {
    db.close()
  }
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

/** A chat as a member gets it who asks for all of it now. */
export async function fetchChat(url: string, token: string, chatId: string): Promise<ChatView> {
  const fresh = newMirror(0)
  const { data } = await askRest({ url, token }, 'GET', `/api/chats/${chatId}/members?limit=100`)
  for (const member of data) putMember(fresh, member)
  for (let after: number | null = 0; after !== null; ) {
    const path = `/api/chats/${chatId}/messages?limit=100&after=${after}`
    const page = await askRest({ url, token }, 'GET', path)
    for (const message of page.data) putRow(fresh, rowOf(message))
    fresh.rev = page.rev
    after = page.page.after
  }
  return { rev: fresh.rev, rows: fresh.rows, members: fresh.members }
}
