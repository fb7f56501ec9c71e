import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { findSenders } from '../accounts/index.ts'
import { excerptOf, type MessageRow, toWire } from './message.ts'
import { findQuoted, findReactions, type ReactionRow, type Spot } from './sql.ts'
import type { MessageWire } from './wire.ts'

const SHOWN_REACTORS = 100

/** Messages, of one chat or of several, as the wire shows them: senders, quotes and reactions read with the caller's tag. */
export async function presentMessages(sql: Sql, rows: readonly MessageRow[]): Promise<MessageWire[]> {
  if (rows.length === 0) return []
  const alive = rows.filter((row) => row.deleted_at === null)
  const senders = await findSenders(sql, unique(rows.map((row) => row.sender_id)))
  const quotes = await quotesOf(sql, alive)
  const reactions = await reactionsOf(sql, alive)
  return rows.map((row) =>
    toWire(row, {
      sender: senders.get(row.sender_id) ?? null,
      quote: (row.reply_to && quotes.get(row.reply_to)) || null,
      reactions: reactions.get(row.id) ?? [],
    }),
  )
}

/** One message as the wire shows it. */
export async function presentMessage(sql: Sql, row: MessageRow): Promise<MessageWire> {
  const [message] = await presentMessages(sql, [row])
  if (message === undefined) throw new Error('a row was presented as nothing')
  return message
}

type Quote = NonNullable<MessageWire['quote']>

async function quotesOf(sql: Sql, rows: readonly MessageRow[]) {
  const spots = rows.flatMap(({ chat_id, reply_to }): Spot[] =>
    reply_to === null ? [] : [[chat_id, reply_to]],
  )
  const quoted = spots.length === 0 ? [] : await findQuoted(sql, spots)
  return new Map<Id<'message'>, Quote>(
    quoted.map((row) => [
      row.id,
      {
        message_id: row.id,
        sender_id: row.sender_id,
        excerpt: row.deleted_at === null ? excerptOf(row.content) : '',
        deleted: row.deleted_at !== null,
      },
    ]),
  )
}

async function reactionsOf(sql: Sql, rows: readonly MessageRow[]) {
  const spots = rows.map(({ chat_id, id }): Spot => [chat_id, id])
  const found = spots.length === 0 ? [] : await findReactions(sql, spots)
  const byMessage = Map.groupBy(found, (reaction) => reaction.message_id)
  return new Map([...byMessage].map(([messageId, of]) => [messageId, countByEmoji(of)]))
}

function countByEmoji(reactions: readonly ReactionRow[]): MessageWire['reactions'] {
  return [...Map.groupBy(reactions, (reaction) => reaction.emoji)].map(([emoji, of]) => ({
    emoji,
    user_ids: of.slice(0, SHOWN_REACTORS).map((reaction) => reaction.user_id),
    count: of.length,
  }))
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]
