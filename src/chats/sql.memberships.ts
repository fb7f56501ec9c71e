import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { ChatRow, MemberRow } from './chat.ts'
import type { Counts, Mark } from './unread.ts'

/** How far a chat's log goes, and how far its member has read. */
export interface Position {
  id: Id<'chat'>
  rev: number
  last_read_seq: number
}

/**
 * Of every chat a user is in. A direct chat that somebody else opened and nobody has spoken in stays unheard of, here
 * and below.
 */
export const findPositions = (sql: Sql, userId: Id<'user'>) =>
  sql<Position>`
    select c.id, c.rev, m.last_read_seq
    from members m join chats c on c.id = m.chat_id
    where m.user_id = ${userId} and m.left_at is null and c.deleted_at is null
      and not (c.kind = 'direct' and c.last_seq = 0 and c.created_by <> m.user_id)
    order by m.chat_id`

/** A chat as its one member sees it, and what its unread places hold. */
export interface TalliedRow extends ChatRow, Omit<MemberRow, 'rev'> {
  /** Those of the last places after the mark that do not count: system messages and tombstones. */
  uncounted: number
  /** Messages after the mark that name the member, at most 100. */
  named: number
}

export interface Paging {
  after: string
  limit: number
  /** How many of the last places are looked into. */
  reach: number
}

/**
 * The chats a user is in, by id. Nothing is looked for where the mark stands at the end, where it usually stands. Who
 * is named is found without the messages: what is deleted names nobody, and nobody's own message is after their mark.
 */
export const findMemberships = (sql: Sql, userId: Id<'user'>, { after, limit, reach }: Paging) =>
  sql<TalliedRow>`
    select c.id, c.kind, c.visibility, c.name, c.topic, c.created_by, c.rev, c.last_seq, c.floor_seq, c.info_rev,
      c.member_count, c.archived_at, c.deleted_at, c.created_at, c.updated_at,
      m.chat_id, m.user_id, m.role, m.joined_at, m.left_at, m.last_read_seq, m.read_at, m.unread_from,
      case when c.last_seq > m.last_read_seq then (
        select count(*) from messages s
        where s.chat_id = m.chat_id and (s.kind = 'system' or s.deleted_at is not null)
          and s.seq > case when m.last_read_seq < c.last_seq - ${reach} then c.last_seq - ${reach} else m.last_read_seq end)
        else 0 end as uncounted,
      case when c.last_seq > m.last_read_seq then (
        select count(*) from (
          select distinct n.seq from mentions n
          where n.chat_id = m.chat_id and n.target in (m.user_id, 'channel', 'here') and n.seq > m.last_read_seq
          limit 100) as found)
        else 0 end as named
    from members m join chats c on c.id = m.chat_id
    where m.user_id = ${userId} and m.left_at is null and c.deleted_at is null and m.chat_id > ${after}
      and not (c.kind = 'direct' and c.last_seq = 0 and c.created_by <> m.user_id)
    order by m.chat_id limit ${limit}`

/**
 * What one member has not read after a place, one message after another, at most 100. The mentions are joined by `cross
 * join`: else SQLite goes through all that was said and asks of each message whether it names me.
 */
export async function findCounts(sql: Sql, { chat_id, user_id }: Mark, after: number): Promise<Counts> {
  const [counts] = await sql<Counts>`
    select
      (select count(*) from (
        select 1 as one from messages s where s.chat_id = ${chat_id} and s.seq > ${after}
          and s.sender_id <> ${user_id} and s.kind <> 'system' and s.deleted_at is null limit 100) as found) as unread,
      (select count(*) from (
        select distinct n.seq from mentions n cross join messages s
        where n.chat_id = ${chat_id} and n.target in (${user_id}, 'channel', 'here') and n.seq > ${after}
          and s.chat_id = n.chat_id and s.seq = n.seq and s.sender_id <> ${user_id}
          and s.deleted_at is null limit 100) as found) as mentions`
  if (counts === undefined) throw new Error('nothing was counted')
  return counts
}
