import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { announceFirst, type Hearing, refuseStranger, whoHearsFirst } from '../chats/index.ts'
import { appendAfter, excerptOf, type MessageWire, presentMessage, toWire } from '../timeline/index.ts'
import { announceMessage } from './announce.ts'
import { type Draft, originalHash } from './draft.ts'
import { nameMembers, nobody, prepare, type Rendered } from './render.ts'
import { type Desk, findDesk, findMessage, findMessageAt, insertMentions, raiseSendersMark } from './sql.ts'

/** 20 messages in 5 s a user. */
const SENDS: Limit = { name: 'send', points: 20, perMs: 5_000 }

/** A stored message; `created` is false for a repeat, which gets the first one as it is now. */
export interface Sent {
  message: MessageWire
  created: boolean
}

interface Stored extends Sent {
  /** Who hears of a direct chat by its first message. */
  hearing: readonly Hearing[]
}

const NOBODY: Stored['hearing'] = []

/**
 * Says something in a chat, once for each `client_id` for ever. On disk when it settles (C1). Messages of one sender
 * to one chat take their places in the order of these calls (C6). Refuses `chat`, `not_member`, `archived`,
 * `client_id_taken`, `message` (the one replied to), `rate_limited`.
 */
export async function sendMessage(app: App, userId: Id<'user'>, draft: Draft): Promise<Sent> {
  const { chatId, content } = draft
  const rendered = await prepare(app, { userId, content, line: chatId + userId, limit: SENDS })
  const sent = await app.db.write((sql) => store(app, sql, { userId, draft, rendered }), {
    turn: chatId,
  })
  if (sent.created) {
    announceFirst(app, chatId, sent.hearing)
    announceMessage(app, userId, sent.message)
  }
  return { message: sent.message, created: sent.created }
}

interface Saying {
  userId: Id<'user'>
  draft: Draft
  rendered: Rendered
}

async function store(app: App, sql: Sql, { userId, draft, rendered }: Saying): Promise<Stored> {
  const { chatId, clientId } = draft
  await sql.lock('chats', chatId)
  const found = await findDesk(sql, { chatId, userId, clientId })
  const desk = isSenders(found) ? found : await refuseSender(sql, userId, found)
  const hash = originalHash(draft)
  if (desk.first_seq !== null) return repeat(sql, { chatId, seq: desk.first_seq }, desk.first_hash === hash)
  if (desk.archived_at !== null) return refuse('conflict', 'archived')
  const quote = draft.replyTo === null ? null : await requireQuoted(sql, chatId, draft.replyTo)
  const named = rendered.names.length > 0 ? await nameMembers(sql, chatId, rendered) : nobody(rendered)
  const row = await appendAfter(
    sql,
    { seq: desk.last_seq, rev: desk.rev },
    {
      chat_id: chatId,
      sender_id: userId,
      client_id: clientId,
      original_hash: hash,
      kind: 'text',
      content: draft.content,
      html: named.html,
      reply_to: draft.replyTo,
      system: null,
      mentions: named.mentions.length === 0 ? '[]' : JSON.stringify(named.mentions),
      created_at: app.clock.now(),
    },
  )
  if (named.mentions.length > 0) await insertMentions(sql, row, named.mentions)
  await raiseSendersMark(sql, row)
  const message = toWire(row, { sender: faceOf(userId, desk), quote, reactions: [] })
  const unheard = desk.kind === 'direct' && row.seq === 1
  return { message, created: true, hearing: unheard ? await whoHearsFirst(sql, chatId) : NOBODY }
}

/** The same rule as `requireMember`, on what the desk read already. */
const isSenders = (desk: Desk | undefined): desk is Desk =>
  desk !== undefined && desk.joined_at !== null && desk.left_at === null

const refuseSender = (sql: Sql, userId: Id<'user'>, desk: Desk | undefined): Promise<never> =>
  desk === undefined ? refuse('not_found', 'chat') : refuseStranger(sql, desk, userId)

async function repeat(sql: Sql, first: { chatId: Id<'chat'>; seq: number }, same: boolean): Promise<Stored> {
  if (!same) return refuse('conflict', 'client_id_taken')
  const row = await findMessageAt(sql, first.chatId, first.seq)
  if (row === undefined) throw new Error('the first of a repeat has no row')
  return { message: await presentMessage(sql, row), created: false, hearing: NOBODY }
}

async function requireQuoted(
  sql: Sql,
  chatId: Id<'chat'>,
  messageId: Id<'message'>,
): Promise<MessageWire['quote']> {
  const row = (await findMessage(sql, chatId, messageId)) ?? refuse('not_found', 'message')
  const deleted = row.deleted_at !== null
  return {
    message_id: row.id,
    sender_id: row.sender_id,
    excerpt: deleted ? '' : excerptOf(row.content),
    deleted,
  }
}

const faceOf = (userId: Id<'user'>, desk: Desk) => ({
  id: userId,
  username: desk.username,
  full_name: desk.full_name,
  avatar_url: null,
})
