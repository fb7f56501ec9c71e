import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import type { Id } from '../platform/ids.ts'
import { type MessageRow, type MessageWire, presentMessage, takeRev } from '../timeline/index.ts'
import { type Asking, requireMessage } from './access.ts'
import { announceChange, type ChangeType } from './announce.ts'
import { type FoundMessage, findChatOf, updateMessage } from './sql.ts'

/** Reactions, pins, deletions and edits: 40 in 5 s a user. */
export const CHANGES: Limit = { name: 'change', points: 40, perMs: 5_000, isFrequent: true }

/** What becomes of a message, decided under its chat's lock: null when nothing changes, and then no rev is taken. */
export type Decide = (sql: Sql, message: FoundMessage) => Promise<Partial<MessageRow> | null>

/** Lock, check, store, commit, tell: the one way in which a stored message changes. */
export async function changeMessage(
  app: App,
  asking: Asking,
  { type, decide }: { type: ChangeType; decide: Decide },
): Promise<MessageWire> {
  const chatId = await requireChatOf(app, asking.messageId)
  const { message, changed } = await app.db.write(
    async (sql) => {
      await sql.lock('chats', chatId)
      const found = await requireMessage(sql, asking)
      const patch = await decide(sql, found)
      if (patch === null) return { message: await presentMessage(sql, found), changed: false }
      const rev = await takeRev(sql, chatId, app.clock.now())
      const row: MessageRow = { ...found, ...patch, rev }
      await updateMessage(sql, row)
      return { message: await presentMessage(sql, row), changed: true }
    },
    { turn: chatId },
  )
  if (changed) announceChange(app, type, message)
  else app.bus.lookAt(chatId)
  return message
}

async function requireChatOf(app: App, messageId: Id<'message'>): Promise<Id<'chat'>> {
  return (await findChatOf(app.db.read, messageId)) ?? refuse('not_found', 'message')
}
