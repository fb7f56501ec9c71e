import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import type { SenderWire } from '../accounts/index.ts'
import type { MessageRow } from '../timeline/index.ts'
import type { ChatRow, MemberRow } from './chat.ts'
import type { ChatRole } from './wire.ts'

export async function findChat(sql: Sql, chatId: Id<'chat'>): Promise<ChatRow | undefined> {
  const [chat] = await sql<ChatRow>`
    select id, kind, visibility, name, topic, created_by, rev, last_seq, floor_seq, info_rev, member_count,
      archived_at, deleted_at, created_at, updated_at
    from chats where id = ${chatId}`
  return chat
}

export async function findMember(
  sql: Sql,
  chatId: Id<'chat'>,
  userId: Id<'user'>,
): Promise<MemberRow | undefined> {
  const [member] = await sql<MemberRow>`
    select chat_id, user_id, role, rev, joined_at, left_at, last_read_seq, read_at, unread_from
    from members where chat_id = ${chatId} and user_id = ${userId}`
  return member
}

/** A user's memberships of these chats, those that last. */
export const findMemberIn = (sql: Sql, userId: Id<'user'>, chatIds: readonly Id<'chat'>[]) =>
  sql<MemberRow>`
    select chat_id, user_id, role, rev, joined_at, left_at, last_read_seq, read_at, unread_from
    from members where user_id = ${userId} and chat_id in ${sql.list(chatIds)} and left_at is null`

export interface NewChat
  extends Pick<ChatRow, 'id' | 'kind' | 'visibility' | 'name' | 'topic' | 'created_by'> {
  name_folded: string | null
  client_id: string | null
  direct_key: string | null
  now: number
}

/** False when the same direct chat, or the same client's chat, is there already. */
export async function insertChat(sql: Sql, chat: NewChat): Promise<boolean> {
  const rows = await sql`
    insert into chats (id, kind, visibility, name, name_folded, topic, created_by, client_id, direct_key, rev, info_rev,
      changed_at, created_at, updated_at)
    values (${chat.id}, ${chat.kind}, ${chat.visibility}, ${chat.name}, ${chat.name_folded}, ${chat.topic}, ${chat.created_by},
      ${chat.client_id}, ${chat.direct_key}, 1, 1, ${chat.now}, ${chat.now}, ${chat.now})
    on conflict do nothing returning id`
  return rows.length === 1
}

export async function findSameChat(sql: Sql, chat: NewChat): Promise<Id<'chat'> | undefined> {
  const [row] = await sql<{ id: Id<'chat'> }>`
    select id from chats where direct_key = ${chat.direct_key}
      or (created_by = ${chat.created_by} and client_id = ${chat.client_id})`
  return row?.id
}

/** Opens a membership, the first or one after another; what was read before stays read. */
export async function openMembership(sql: Sql, member: MemberRow): Promise<void> {
  await sql`
    insert into members (chat_id, user_id, role, rev, joined_at, last_read_seq)
    values (${member.chat_id}, ${member.user_id}, ${member.role}, ${member.rev}, ${member.joined_at},
      ${member.last_read_seq})
    on conflict (chat_id, user_id) do update set role = excluded.role, rev = excluded.rev,
      joined_at = excluded.joined_at, left_at = null, last_read_seq = excluded.last_read_seq, unread_from = null`
  await sql`update chats set member_count = member_count + 1 where id = ${member.chat_id}`
}

export async function closeMembership(sql: Sql, member: MemberRow, rev: number, now: number): Promise<void> {
  await sql`
    update members set left_at = ${now}, rev = ${rev}
    where chat_id = ${member.chat_id} and user_id = ${member.user_id}`
  await sql`update chats set member_count = member_count - 1 where id = ${member.chat_id}`
}

export async function updateMemberRole(
  sql: Sql,
  member: MemberRow,
  role: ChatRole,
  rev: number,
): Promise<void> {
  await sql`
    update members set role = ${role}, rev = ${rev}
    where chat_id = ${member.chat_id} and user_id = ${member.user_id}`
}

export async function countOwners(sql: Sql, chatId: Id<'chat'>): Promise<number> {
  const [row] = await sql<{ count: number }>`
    select count(*) as count from members where chat_id = ${chatId} and role = 'owner' and left_at is null`
  return row?.count ?? 0
}

export interface ChatInfo extends Pick<ChatRow, 'name' | 'topic' | 'visibility' | 'archived_at'> {
  name_folded: string | null
}

export async function updateChatInfo(sql: Sql, chat: ChatRow, info: ChatInfo, now: number): Promise<void> {
  await sql`
    update chats set name = ${info.name}, name_folded = ${info.name_folded}, topic = ${info.topic},
      visibility = ${info.visibility}, archived_at = ${info.archived_at}, info_rev = ${chat.rev}, updated_at = ${now}
    where id = ${chat.id}`
}

export async function markChatDeleted(sql: Sql, chatId: Id<'chat'>, now: number): Promise<void> {
  await sql`
    update chats set deleted_at = ${now}, direct_key = null, client_id = null, updated_at = ${now}
    where id = ${chatId}`
}

export interface Person {
  role: Role
  is_active: number
}

export async function findPerson(sql: Sql, userId: Id<'user'>): Promise<Person | undefined> {
  const [person] = await sql<Person>`select role, is_active from users where id = ${userId}`
  return person
}

export async function shareChat(sql: Sql, userId: Id<'user'>, otherId: Id<'user'>): Promise<boolean> {
  const rows = await sql`
    select 1 from members mine join members theirs on theirs.chat_id = mine.chat_id
    join chats c on c.id = mine.chat_id
    where mine.user_id = ${userId} and mine.left_at is null and theirs.user_id = ${otherId}
      and theirs.left_at is null and c.deleted_at is null limit 1`
  return rows.length > 0
}

export const findLastMessages = (sql: Sql, chatIds: readonly string[]) =>
  sql<MessageRow>`
    select m.id, m.chat_id, m.seq, m.rev, m.sender_id, m.client_id, m.original_hash, m.kind, m.content, m.html,
      m.reply_to, m.system, m.mentions, m.pinned_at, m.edited_at, m.deleted_at, m.created_at
    from chats c join messages m on m.chat_id = c.id and m.seq = c.last_seq
    where c.id in ${sql.list(chatIds)}`

export type FaceRow = SenderWire & { chat_id: Id<'chat'> }

/**
 * Of each chat the four other members who came first, by the log: a chat without a name may still have a thousand. The
 * limit on the chats has `until` worked out once for each, not for each member.
 */
export const findFaces = (sql: Sql, userId: Id<'user'>, chatIds: readonly string[]) =>
  sql<FaceRow>`
    select m.chat_id, u.id, u.username, u.full_name, null as avatar_url
    from (
      select c.id, coalesce((
        select other.rev from members other
        where other.chat_id = c.id and other.user_id <> ${userId} and other.left_at is null
        order by other.rev limit 1 offset 3), c.rev) as until
      from chats c where c.id in ${sql.list(chatIds)} limit ${chatIds.length}) as c
    cross join members m join users u on u.id = m.user_id
    where m.chat_id = c.id and m.rev <= c.until and m.user_id <> ${userId} and m.left_at is null
    order by m.joined_at, u.username`

export const findMembers = (
  sql: Sql,
  chatId: Id<'chat'>,
  { after, limit }: { after: string; limit: number },
) =>
  sql<MemberRow & SenderWire>`
    select m.chat_id, m.user_id, m.role, m.rev, m.joined_at, m.left_at, m.last_read_seq, m.read_at, m.unread_from,
      u.id, u.username, u.full_name, null as avatar_url
    from members m join users u on u.id = m.user_id
    where m.chat_id = ${chatId} and m.left_at is null and u.username > ${after}
    order by u.username limit ${limit}`

/** Every id that was ever told of the chat and still is: whom a deletion must be told to. */
export async function findMemberIds(sql: Sql, chatId: Id<'chat'>): Promise<Id<'user'>[]> {
  const rows = await sql<{ user_id: Id<'user'> }>`
    select user_id from members where chat_id = ${chatId} and left_at is null`
  return rows.map((row) => row.user_id)
}

/** Public channels whose folded name holds the text, by name; `%` and `_` in it are text. */
export const findPublicChannels = (sql: Sql, { query, isArchived, after, limit }: ChannelQuery) =>
  sql<ChatRow & { name_folded: string }>`
    select id, kind, visibility, name, topic, created_by, rev, last_seq, floor_seq, info_rev, member_count,
      archived_at, deleted_at, created_at, updated_at, name_folded
    from chats
    where visibility = 'public' and deleted_at is null
      and case when archived_at is null then 0 else 1 end = ${isArchived ? 1 : 0}
      and name_folded like ${`%${query.replace(/[!%_]/g, '!$&')}%`} escape '!'
      and (name_folded > ${after.name} or (name_folded = ${after.name} and id > ${after.id}))
    order by name_folded, id limit ${limit}`

export interface ChannelQuery {
  query: string
  isArchived: boolean
  after: { name: string; id: string }
  limit: number
}
