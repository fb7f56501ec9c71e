import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import type { Limit } from '../platform/http/limits.ts'
import { type Id, isUuid } from '../platform/ids.ts'
import { type ChatRow, foldName } from './chat.ts'
import type { ChatPage, Paging } from './list.ts'
import type { MembershipRow } from './memberships.ts'
import { requirePerson } from './people.ts'
import { chatToStranger, presentMemberships } from './present.ts'
import { findMemberIn, findPublicChannels } from './sql.ts'
import { readCounts } from './unread.ts'
import type { ChatWire } from './wire.ts'

const SEARCHES: Limit = { name: 'channels', points: 300, perMs: 180_000 }

/** Public channels by name, joined or not, those at work or those in the archive; nothing to guests. */
export async function listChannels(
  app: App,
  userId: Id<'user'>,
  { query, isArchived = false, limit, cursor }: Paging & { query: string; isArchived?: boolean },
): Promise<ChatPage> {
  await app.limits.spend(SEARCHES, userId)
  const after = readCursor(cursor)
  return app.db.view(async (sql) => {
    const person = await requirePerson(sql, userId)
    if (person.role === 'guest') return { data: [], page: { next: null } }
    const rows = await findPublicChannels(sql, {
      query: foldName(query),
      isArchived,
      after,
      limit: limit + 1,
    })
    const shown = rows.slice(0, limit)
    const joined = await presentJoined(sql, userId, shown)
    const last = rows[limit - 1]
    return {
      data: shown.map((chat) => joined.get(chat.id) ?? chatToStranger(chat)),
      page: { next: rows.length > limit && last ? writeCursor(last) : null },
    }
  })
}

/** Those of the chats that the asker is in, by id. */
async function presentJoined(sql: Sql, userId: Id<'user'>, chats: readonly ChatRow[]) {
  const chatOf = new Map(chats.map((chat) => [chat.id, chat]))
  const rows: MembershipRow[] = []
  for (const member of await findMemberIn(sql, userId, [...chatOf.keys()])) {
    const chat = chatOf.get(member.chat_id)
    if (chat === undefined) continue
    rows.push({ ...member, ...chat, ...(await readCounts(sql, member, chat.last_seq)) })
  }
  return new Map<string, ChatWire>((await presentMemberships(sql, rows)).map((chat) => [chat.id, chat]))
}

const writeCursor = (row: { name_folded: string; id: string }) =>
  Buffer.from(JSON.stringify([row.name_folded, row.id])).toString('base64url')

function readCursor(cursor: string | undefined): { name: string; id: string } {
  if (cursor === undefined) return { name: '', id: '' }
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof name === 'string' && typeof id === 'string' && isUuid(id) && !name.includes('\0'))
      return { name, id }
  } catch {
    // falls through: what is no cursor of ours is refused below
  }
  return refuse('invalid', 'cursor')
}
