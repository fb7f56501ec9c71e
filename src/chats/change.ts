import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { appendSystemMessage, presentMessage, type SystemWire, takeRev } from '../timeline/index.ts'
import {
  type Access,
  requireChat,
  requireMember,
  requireRole,
  requireWritable,
  spendChange,
} from './access.ts'
import { announce, chatUpdated, type News, newMessage, nothingNew, type Told } from './announce.ts'
import { type ChatRow, foldName } from './chat.ts'
import { presentChat, presentChatTo } from './present.ts'
import { updateChatInfo } from './sql.ts'
import type { ChatWire } from './wire.ts'

/** Only the fields given are changed. */
export interface ChatChange {
  name?: string | undefined
  topic?: string | undefined
  visibility?: 'private' | 'public' | undefined
  archived?: boolean | undefined
}

/**
 * Changes what a chat is called and who may find it. What changes nothing takes no rev. Refuses `forbidden`
 * `chat_role`, `conflict` `direct` or `archived` (but to take it out of the archive), `invalid` where the kind has no
 * such field.
 */
export async function changeChat(
  app: App,
  userId: Id<'user'>,
  { chatId, ...change }: ChatChange & { chatId: Id<'chat'> },
): Promise<ChatWire> {
  await spendChange(app, userId)
  const now = app.clock.now()
  const told = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const access = await requireMember(sql, chatId, userId)
      requireChange(access, change)
      const next = applied(access.chat, change, now)
      if (isSame(access.chat, next)) return nothingNew(await presentChatTo(sql, access.chat, access.member))
      if (change.archived !== false) requireWritable(access)
      return await store(sql, access, { next, now })
    },
    { turn: chatId },
  )
  announce(app, chatId, told)
  return told.result
}

function requireChange(access: Access, change: ChatChange): void {
  if (access.chat.kind === 'direct') refuse('conflict', 'direct')
  requireRole(access, 'admin')
  if (change.visibility !== undefined && access.chat.kind !== 'channel')
    refuse('invalid', 'visibility_only_channels')
}

type Info = Pick<ChatRow, 'name' | 'topic' | 'visibility' | 'archived_at'>

function applied(chat: ChatRow, change: ChatChange, now: number): Info {
  const archivedAt = change.archived ? (chat.archived_at ?? now) : null
  return {
    name: change.name ?? chat.name,
    topic: change.topic ?? chat.topic,
    visibility: change.visibility ?? chat.visibility,
    archived_at: change.archived === undefined ? chat.archived_at : archivedAt,
  }
}

const isSame = (chat: Info, next: Info) =>
  chat.name === next.name &&
  chat.topic === next.topic &&
  chat.visibility === next.visibility &&
  chat.archived_at === next.archived_at

async function store(sql: Sql, { chat, member }: Access, { next, now }: { next: Info; now: number }) {
  const rev = await takeRev(sql, chat.id, now)
  const name_folded = next.name === null ? null : foldName(next.name)
  await updateChatInfo(sql, { ...chat, rev }, { ...next, name_folded }, now)
  const news: News[] = [chatUpdated(await presentChat(sql, await requireChat(sql, chat.id)))]
  for (const said of changesBetween(chat, next)) {
    const line = await appendSystemMessage(sql, {
      chatId: chat.id,
      actorId: member.user_id,
      userIds: [],
      now,
      ...said,
    })
    news.push(newMessage(await presentMessage(sql, line)))
  }
  const result = await presentChatTo(sql, await requireChat(sql, chat.id), member)
  return { result, news, personal: [] } satisfies Told<ChatWire>
}

interface Said {
  event: SystemWire['event']
  value?: string
  fallback: string
}

function changesBetween(chat: Info, next: Info): Said[] {
  const said: Said[] = []
  if (next.name !== null && next.name !== chat.name)
    said.push({ event: 'chat_renamed', value: next.name, fallback: `The chat is now called ${next.name}` })
  if (next.topic !== chat.topic)
    said.push({ event: 'topic_changed', value: next.topic, fallback: `The topic is now: ${next.topic}` })
  if (next.archived_at !== chat.archived_at)
    said.push(
      next.archived_at === null
        ? { event: 'unarchived', fallback: 'The chat was taken out of the archive' }
        : { event: 'archived', fallback: 'The chat was archived' },
    )
  return said
}
