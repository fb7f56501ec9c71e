import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { requireMember } from './access.ts'
import type { MemberRow } from './chat.ts'
import { findSender } from './people.ts'
import { memberToWire } from './present.ts'
import { findMembers } from './sql.ts'
import type { MemberWire } from './wire.ts'

export interface MemberPage {
  data: MemberWire[]
  page: { next: string | null }
}

/** The members of a chat by username, to a member only. */
export function listMembers(
  app: App,
  userId: Id<'user'>,
  { chatId, limit, cursor }: { chatId: Id<'chat'>; limit: number; cursor?: string | undefined },
): Promise<MemberPage> {
  return app.db.view(async (sql) => {
    await requireMember(sql, chatId, userId)
    const rows = await findMembers(sql, chatId, { after: cursor ?? '', limit: limit + 1 })
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return {
      data: shown.map(({ id, username, full_name, avatar_url, ...member }) =>
        memberToWire(member, { id, username, full_name, avatar_url }),
      ),
      page: { next: rows.length > limit && last !== undefined ? last.username : null },
    }
  })
}

export const presentMember = async (sql: Sql, member: MemberRow): Promise<MemberWire> =>
  memberToWire(member, await findSender(sql, member.user_id))
