import type { App } from '../platform/context.ts'
import { toTime } from '../platform/schema.ts'
import type { Session } from '../platform/session.ts'
import { selectSessions } from './sql.sessions.ts'
import type { SessionWire } from './wire.ts'

/** Above every UUIDv7. */
const END = 'g'

/** `next` is null on the last page. */
export interface SessionPage {
  data: SessionWire[]
  page: { next: string | null }
}

/** Where the user is signed in, the newest first. */
export async function listSessions(
  app: App,
  session: Session,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<SessionPage> {
  const now = app.clock.now()
  const rows = await selectSessions(app.db.read, session.userId, {
    before: cursor ?? END,
    limit: limit + 1,
    now,
  })
  const shown = rows.slice(0, limit)
  return {
    data: shown.map((row) => ({
      id: row.id,
      current: row.id === session.id,
      user_agent: row.user_agent,
      created_at: toTime(row.created_at),
      last_used_at: toTime(row.last_used_at),
    })),
    page: { next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null },
  }
}
