import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { ChatRow, MemberRow } from '../chats/index.ts'
import type { MessageRow } from '../timeline/index.ts'

/** The message of a client id. */
export interface First {
  client_id: string
  seq: number
  original_hash: string
}

/** What sending asks before it writes, in one read: the chat, the sender in it, and the first of a repeat. */
export interface Seat {
  kind: ChatRow['kind']
  visibility: ChatRow['visibility']
  archived_at: number | null
  rev: number
  last_seq: number
  username: string
  full_name: string
  joined_at: number | null
  left_at: number | null
  client_id: string | null
  seq: number | null
  original_hash: string | null
}

/** Undefined when there is no such chat. */
export async function findSeat(
  sql: Sql,
  at: { chatId: Id<'chat'>; userId: Id<'user'>; clientId: string },
): Promise<Seat | undefined> {
  const [seat] = await sql<Seat>`
    select c.kind, c.visibility, c.archived_at, c.rev, c.last_seq, u.username, u.full_name, m.joined_at, m.left_at,
      f.client_id, f.seq, f.original_hash
    from chats c join users u on u.id = ${at.userId}
    left join members m on m.chat_id = c.id and m.user_id = u.id
    left join messages f on f.chat_id = c.id and f.sender_id = u.id and f.client_id = ${at.clientId}
    where c.id = ${at.chatId} and c.deleted_at is null`
  return seat
}

/**
 * Those of several client ids that were here before. Each is looked up by itself: of a list PostgreSQL may believe that
 * going through all that somebody said in the chat is cheaper, and in a hot chat that took 17 ms.
 */
export const findFirsts = (
  sql: Sql,
  at: { chatId: Id<'chat'>; userId: Id<'user'>; clientIds: readonly string[] },
): Promise<First[]> =>
  sql<First>`
    select f.client_id, f.seq, f.original_hash
    from (
      select (
        select seq from messages
        where chat_id = ${at.chatId} and sender_id = ${at.userId} and client_id = one.column1
      ) as seq
      from ${sql.rows(at.clientIds)} as one
    ) as found
    join messages f on f.chat_id = ${at.chatId} and f.seq = found.seq
    where found.seq is not null`

/** A message with its chat and its asker's place there. */
export interface FoundMessage extends MessageRow {
  chat_kind: ChatRow['kind']
  archived_at: number | null
  role: MemberRow['role']
}

/** Only for members, now: to all others it does not exist. */
export async function findMessageFor(
  sql: Sql,
  messageId: Id<'message'>,
  userId: Id<'user'>,
): Promise<FoundMessage | undefined> {
  const [found] = await sql<FoundMessage>`
    select m.id, m.chat_id, m.seq, m.rev, m.sender_id, m.client_id, m.original_hash, m.kind, m.content, m.html,
      m.reply_to, m.system, m.mentions, m.pinned_at, m.edited_at, m.deleted_at, m.created_at,
      c.kind as chat_kind, c.archived_at, me.role
    from messages m join chats c on c.id = m.chat_id
    join members me on me.chat_id = m.chat_id and me.user_id = ${userId}
    where m.id = ${messageId} and me.left_at is null and c.deleted_at is null`
  return found
}

/** Where a message is, whoever asks: it never moves. */
export async function findChatOf(sql: Sql, messageId: Id<'message'>): Promise<Id<'chat'> | undefined> {
  const [row] = await sql<{ chat_id: Id<'chat'> }>`select chat_id from messages where id = ${messageId}`
  return row?.chat_id
}

export async function findMessage(sql: Sql, chatId: Id<'chat'>, messageId: Id<'message'>) {
  const [row] = await sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where id = ${messageId} and chat_id = ${chatId}`
  return row
}

export async function findMessageAt(sql: Sql, chatId: Id<'chat'>, seq: number) {
  const [row] = await sql<MessageRow>`
    select id, chat_id, seq, rev, sender_id, client_id, original_hash, kind, content, html, reply_to, system,
      mentions, pinned_at, edited_at, deleted_at, created_at
    from messages where chat_id = ${chatId} and seq = ${seq}`
  return row
}

/** All of a message that ever changes. */
export async function updateMessage(sql: Sql, row: MessageRow): Promise<void> {
  await sql`
    update messages set rev = ${row.rev}, content = ${row.content}, html = ${row.html}, reply_to = ${row.reply_to},
      mentions = ${row.mentions}, pinned_at = ${row.pinned_at}, edited_at = ${row.edited_at},
      deleted_at = ${row.deleted_at}
    where chat_id = ${row.chat_id} and seq = ${row.seq}`
}

/** Saying something reads what came before it: a mark only rises. "Mark unread" stays until the next read. */
export const raiseSendersMark = (sql: Sql, said: MessageRow): Promise<unknown> =>
  sql`
    update members set last_read_seq = ${said.seq}, read_at = ${said.created_at}
    where chat_id = ${said.chat_id} and user_id = ${said.sender_id} and last_read_seq < ${said.seq}`

/** Raises the mark to the member's, if it is lower; "mark unread" is set as it is. Needs no lock. */
export async function setMark(sql: Sql, member: MemberRow): Promise<void> {
  await sql`
    update members set
      read_at = case when last_read_seq < ${member.last_read_seq} then ${member.read_at} else read_at end,
      last_read_seq = case when last_read_seq < ${member.last_read_seq} then ${member.last_read_seq}
        else last_read_seq end,
      unread_from = ${member.unread_from}
    where chat_id = ${member.chat_id} and user_id = ${member.user_id}`
}

export const findNamed = (sql: Sql, chatId: Id<'chat'>, usernames: readonly string[]) =>
  sql<{ id: Id<'user'>; username: string }>`
    select u.id, u.username from users u join members m on m.user_id = u.id
    where u.username in ${sql.list(usernames)} and m.chat_id = ${chatId} and m.left_at is null`

export async function insertMentions(sql: Sql, { chat_id, seq }: MessageRow, targets: readonly string[]) {
  for (const target of targets) {
    await sql`insert into mentions (chat_id, target, seq) values (${chat_id}, ${target}, ${seq})`
  }
}

export async function deleteMentions(sql: Sql, { chat_id, seq, mentions }: MessageRow): Promise<void> {
  if (mentions === '[]') return
  const targets = JSON.parse(mentions) as string[]
  await sql`delete from mentions where chat_id = ${chat_id} and target in ${sql.list(targets)} and seq = ${seq}`
}

export interface Reaction {
  message_id: Id<'message'>
  chat_id: Id<'chat'>
  emoji: string
  user_id: Id<'user'>
  created_at: number
}

export const findEmoji = (sql: Sql, { chat_id, id }: MessageRow) =>
  sql<{
    emoji: string
  }>`select distinct emoji from reactions where chat_id = ${chat_id} and message_id = ${id}`

/** False when it was there already. */
export async function insertReaction(sql: Sql, reaction: Reaction): Promise<boolean> {
  const rows = await sql`
    insert into reactions (chat_id, message_id, emoji, user_id, created_at)
    values (${reaction.chat_id}, ${reaction.message_id}, ${reaction.emoji}, ${reaction.user_id},
      ${reaction.created_at})
    on conflict do nothing returning 1 as one`
  return rows.length === 1
}

/** False when there was none. */
export async function deleteReaction(sql: Sql, reaction: Omit<Reaction, 'created_at'>): Promise<boolean> {
  const rows = await sql`
    delete from reactions where chat_id = ${reaction.chat_id} and message_id = ${reaction.message_id}
      and emoji = ${reaction.emoji} and user_id = ${reaction.user_id} returning 1 as one`
  return rows.length === 1
}

export async function deleteReactions(sql: Sql, { chat_id, id }: MessageRow): Promise<void> {
  await sql`delete from reactions where chat_id = ${chat_id} and message_id = ${id}`
}
