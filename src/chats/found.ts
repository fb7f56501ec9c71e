import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { takeRev } from '../timeline/index.ts'
import { chatCreated, type Told } from './announce.ts'
import { type ChatRow, type MemberRow, memberOf } from './chat.ts'
import { presentFreshChatTo } from './present.ts'
import { findMember, findSameChat, type NewChat, openMembership } from './sql.ts'
import type { ChatWire } from './wire.ts'

/** `created` is false for a repeat: the same direct chat, or the same client id, gives the chat that is there. */
export interface Created {
  chat: ChatWire
  created: boolean
}

/** The chat that is there already, if the asker is still in it: a repeat opens no door. */
export async function repeated(sql: Sql, row: NewChat, userId: Id<'user'>): Promise<Told<Created>> {
  const chatId = await findSameChat(sql, row)
  if (chatId === undefined) return refuse('unavailable', 'try_again', { retryAfterMs: 100 })
  const member = await findMember(sql, chatId, userId)
  if (member === undefined || member.left_at !== null) return refuse('not_found', 'chat')
  const chat = await presentFreshChatTo(sql, member)
  return { result: { chat, created: false }, news: [], personal: [{ userId, frame: chatCreated(chat) }] }
}

interface Founding {
  founder: Id<'user'>
  others: readonly Id<'user'>[]
  now: number
}

/** Each membership is a durable event with its own rev; nobody was there to hear of them. */
export async function populate(
  sql: Sql,
  chat: ChatRow,
  { founder, others, now }: Founding,
): Promise<Told<Created>> {
  const members: MemberRow[] = []
  for (const id of [founder, ...others]) {
    const role = id === founder && chat.kind !== 'direct' ? 'owner' : 'member'
    const rev = await takeRev(sql, chat.id, now)
    const member = memberOf(chat, id, { role, rev, joined_at: now })
    await openMembership(sql, member)
    members.push(member)
  }
  // The other side of a direct chat first hears of it with the first message.
  const hearing = chat.kind === 'direct' ? members.slice(0, 1) : members
  const shown: ChatWire[] = []
  for (const member of hearing) shown.push(await presentFreshChatTo(sql, member))
  return {
    result: { chat: shown[0] as ChatWire, created: true },
    news: [],
    personal: hearing.map((member, at) => ({
      userId: member.user_id,
      frame: chatCreated(shown[at] as ChatWire),
    })),
  }
}
