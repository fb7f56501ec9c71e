import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { canOpen } from '../platform/secrets.ts'
import { selectSenders, selectStatuses } from './sql.ts'
import { hasRole, type UserRow } from './user.ts'
import type { OwnUserWire, PersonWire, SenderWire, UserWire } from './wire.ts'

/** As far as anybody knows. */
export type Presence = UserWire['presence']
/** Asked of the room that knows who is here; handed in by the roof. */
export type PresenceOf = (userId: Id<'user'>) => Presence

/** For those who have nobody to ask. */
export const offline: PresenceOf = () => 'offline'

/** A person as others see them. Presence is known to a higher room: whoever has it hands it in. */
export const userToWire = (user: UserRow, presence: Presence = 'offline'): UserWire => ({
  id: user.id,
  username: user.username,
  full_name: user.full_name,
  avatar_url: null,
  bio: user.bio,
  status_text: user.status_text,
  status_emoji: user.status_emoji,
  role: user.role,
  kind: user.kind,
  presence: user.is_active ? presence : 'offline',
  is_active: user.is_active === 1,
})

/** The same with e-mail, phone and language: for the person alone. */
export const ownUserToWire = async (app: App, user: UserRow, presence?: Presence): Promise<OwnUserWire> => ({
  ...userToWire(user, presence),
  email: user.email,
  phone_number: await phoneOf(app, user),
  locale: user.locale,
})

/** A person as this asker may see them: server admins see e-mail and phone. */
export async function personToWire(
  app: App,
  user: UserRow,
  asker: Pick<UserRow, 'role'>,
  presence?: Presence,
): Promise<PersonWire> {
  const shown = userToWire(user, presence)
  if (!hasRole(asker.role, 'admin')) return shown
  return { ...shown, email: user.email, phone_number: await phoneOf(app, user) }
}

/** Opened; none when the key that it was sealed with is lost. */
export const phoneOf = async (app: App, { phone_number: sealed }: UserRow): Promise<string | null> =>
  sealed === null || !canOpen(app.secrets, sealed) ? null : app.secrets.open(sealed)

/** The people of a page of messages or members, by id, in one indexed read. */
export async function findSenders(
  sql: Sql,
  ids: readonly Id<'user'>[],
): Promise<Map<Id<'user'>, SenderWire>> {
  if (ids.length === 0) return new Map()
  const rows = await selectSenders(sql, ids)
  return new Map(
    rows.map(({ id, username, full_name }) => [id, { id, username, full_name, avatar_url: null }]),
  )
}

/** The sign that each of them has set beside their name, by id; who has none is not in it. */
export async function findStatuses(
  sql: Sql,
  ids: readonly Id<'user'>[],
): Promise<ReadonlyMap<string, Pick<UserRow, 'status_emoji' | 'status_text'>>> {
  if (ids.length === 0) return new Map()
  return new Map((await selectStatuses(sql, ids)).map((row) => [row.id, row]))
}
