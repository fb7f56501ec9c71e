import type { App } from '../platform/context.ts'
import type { Id } from '../platform/ids.ts'
import { type Socket, watch, watchTopic } from '../platform/realtime/connection.ts'
import type { Live } from '../platform/realtime/live.ts'
import type { Session } from '../platform/session.ts'
import { selectCompanions } from './sql.ts'

/** Of these people, those whom the asker sees: members see everybody, guests those they share a chat with. */
export async function keepVisible(
  app: App,
  session: Session,
  userIds: readonly Id<'user'>[],
): Promise<Id<'user'>[]> {
  const asked = [...new Set(userIds)]
  if (session.role !== 'guest') return asked
  const companions = await selectCompanions(app.db.read, session.userId, asked)
  return asked.filter((userId) => userId === session.userId || companions.has(userId))
}

/**
 * Before these people's presence is told: guests who watch one of them and share no chat with them any more are told
 * nothing of it (S-12). Members see everybody, so nobody else is asked about. Never rejects.
 */
export async function recheckGuests(app: App, live: Live, changed: readonly Id<'user'>[]): Promise<void> {
  const topics = new Set(changed.map(watchTopic))
  for (const user of live.users.values())
    for (const socket of user.sockets)
      if (socket.data.session.role === 'guest' && socket.data.watched.some((topic) => topics.has(topic)))
        await recheck(app, socket)
}

async function recheck(app: App, socket: Socket): Promise<void> {
  const { session, watched } = socket.data
  // Whom one can't be asked about is not told of either: the next connection asks anew.
  const seen = await keepVisible(app, session, watched.map(watchedId)).catch(() => [])
  // The guest may have asked for others meanwhile, and those were looked at then.
  if (socket.data.watched === watched) watch(socket, seen)
}

const watchedId = (topic: string) => topic.slice(watchTopic('').length) as Id<'user'>
