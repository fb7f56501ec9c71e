import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { type Id, newId } from '../platform/ids.ts'
import { requireChat, spendChange } from './access.ts'
import { announce } from './announce.ts'
import { directKey, foldName } from './chat.ts'
import { type Created, populate, repeated } from './found.ts'
import { requireAddable, requirePerson } from './people.ts'
import { insertChat, type NewChat } from './sql.ts'

export interface ChatDraft {
  kind: 'direct' | 'group' | 'channel'
  visibility?: 'private' | 'public' | undefined
  name?: string | undefined
  topic?: string | undefined
  memberIds?: readonly Id<'user'>[] | undefined
  clientId?: string | undefined
}

/**
 * Makes a chat with its first members. Refuses `invalid` for a draft that its kind does not allow and for unknown
 * people, `forbidden` to a guest who makes a channel.
 */
export async function createChat(app: App, userId: Id<'user'>, draft: ChatDraft): Promise<Created> {
  const others = [...new Set(draft.memberIds ?? [])].filter((id) => id !== userId)
  requireShape(draft, others)
  await spendChange(app, userId)
  const now = app.clock.now()
  const row = newChat(userId, draft, others, now)
  const told = await app.db.write(async (sql) => {
    await requireCreator(sql, userId, draft)
    for (const other of others) await requireAddable(sql, userId, other)
    if (!(await insertChat(sql, row))) return await repeated(sql, row, userId)
    return await populate(sql, await requireChat(sql, row.id), { founder: userId, others, now })
  })
  const { chat, created } = told.result
  const chatId = chat.id as Id<'chat'>
  const hearing = told.personal.map(({ userId }) => userId)
  app.bus.admit(chatId, hearing, chat.rev)
  announce(app, chatId, told)
  // Its members may never have been told.
  if (!created) app.bus.lookAt(chatId)
  return told.result
}

function requireShape(draft: ChatDraft, others: readonly Id<'user'>[]): void {
  if (draft.kind === 'channel' && !draft.name) refuse('invalid', 'name_required')
  if (draft.kind === 'direct' && draft.name !== undefined) refuse('invalid', 'direct_name')
  if (draft.kind === 'direct' && others.length !== 1) refuse('invalid', 'direct_members')
  if (draft.kind !== 'channel' && draft.visibility !== undefined)
    refuse('invalid', 'visibility_only_channels')
}

async function requireCreator(sql: Sql, userId: Id<'user'>, draft: ChatDraft): Promise<void> {
  const person = await requirePerson(sql, userId)
  if (person.role === 'guest' && draft.kind === 'channel') refuse('forbidden', 'guest')
}

function newChat(userId: Id<'user'>, draft: ChatDraft, others: readonly Id<'user'>[], now: number): NewChat {
  const name = draft.name || null
  const other = draft.kind === 'direct' ? others[0] : undefined
  return {
    id: newId<'chat'>(),
    kind: draft.kind,
    visibility: draft.visibility ?? 'private',
    name,
    name_folded: name === null ? null : foldName(name),
    topic: draft.topic ?? '',
    created_by: userId,
    client_id: draft.clientId ?? null,
    direct_key: other === undefined ? null : directKey(userId, other),
    now,
  }
}
