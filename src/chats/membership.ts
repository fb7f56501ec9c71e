import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import type { SenderWire } from '../accounts/index.ts'
import { appendSystemMessage, presentMessage, type SystemWire, takeRev } from '../timeline/index.ts'
import { chatCreated, joinedNews, memberNews, newMessage, type Told } from './announce.ts'
import { type ChatRow, type MemberRow, memberOf } from './chat.ts'
import { findSender } from './people.ts'
import { memberToWire, presentFreshChatTo } from './present.ts'
import { closeMembership, openMembership, updateMemberRole } from './sql.ts'
import type { ChatRole, ChatWire, MemberWire } from './wire.ts'

interface Entering {
  chat: ChatRow
  userId: Id<'user'>
  role: ChatRole
  actorId: Id<'user'>
  now: number
}

/** A person becomes a member: the membership takes a rev, the line that says so the next. Under the chat's lock. */
export async function enter(
  sql: Sql,
  entering: Entering,
): Promise<Told<{ chat: ChatWire; member: MemberWire }>> {
  const { chat, userId, actorId, now } = entering
  const rev = await takeRev(sql, chat.id, now)
  const row = memberOf(chat, userId, { role: entering.role, rev, joined_at: now })
  await openMembership(sql, row)
  const user = await findSender(sql, userId)
  const member = memberToWire(row, user)
  const line = await tellOf(sql, {
    chatId: chat.id,
    event: actorId === userId ? 'member_joined' : 'member_added',
    actorId,
    user,
    now,
  })
  const shown = await presentFreshChatTo(sql, row)
  return {
    result: { chat: shown, member },
    news: [joinedNews(member, actorId, row.last_read_seq), line],
    personal: [{ userId, frame: chatCreated(shown) }],
  }
}

interface Leaving {
  member: MemberRow
  actorId: Id<'user'>
  now: number
}

/** A membership ends: after its rev nothing of the chat reaches the person (C8). Under the chat's lock. */
export async function exit(sql: Sql, { member, actorId, now }: Leaving): Promise<Told<MemberWire>> {
  const rev = await takeRev(sql, member.chat_id, now)
  await closeMembership(sql, member, rev, now)
  const user = await findSender(sql, member.user_id)
  const left = memberToWire({ ...member, rev, left_at: now }, user)
  const event = actorId === member.user_id ? 'member_left' : 'member_removed'
  const line = await tellOf(sql, { chatId: member.chat_id, event, actorId, user, now })
  return { result: left, news: [memberNews('member_left', left, actorId), line], personal: [] }
}

interface Raising {
  member: MemberRow
  role: ChatRole
  actorId: Id<'user'>
  now: number
}

/** A member gets another role. Under the chat's lock. */
export async function changeRole(
  sql: Sql,
  { member, role, actorId, now }: Raising,
): Promise<Told<MemberWire>> {
  const rev = await takeRev(sql, member.chat_id, now)
  await updateMemberRole(sql, member, role, rev)
  const user = await findSender(sql, member.user_id)
  const line = await appendSystemMessage(sql, {
    chatId: member.chat_id,
    event: 'role_changed',
    actorId,
    userIds: [member.user_id],
    value: role,
    fallback: `@${user.username} is now ${role}`,
    now,
  })
  const changed = memberToWire({ ...member, role, rev }, user)
  const news = [memberNews('member_updated', changed, actorId), newMessage(await presentMessage(sql, line))]
  return { result: changed, news, personal: [] }
}

interface Event {
  chatId: Id<'chat'>
  event: SystemWire['event']
  actorId: Id<'user'>
  user: SenderWire
  now: number
}

const SAYS: Partial<Record<SystemWire['event'], string>> = {
  member_joined: 'joined',
  member_left: 'left',
  member_added: 'was added',
  member_removed: 'was removed',
}

async function tellOf(sql: Sql, { chatId, event, actorId, user, now }: Event) {
  const row = await appendSystemMessage(sql, {
    chatId,
    event,
    actorId,
    userIds: [user.id as Id<'user'>],
    fallback: `@${user.username} ${SAYS[event]}`,
    now,
  })
  return newMessage(await presentMessage(sql, row))
}
