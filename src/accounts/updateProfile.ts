import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Id } from '../platform/ids.ts'
import { offline, type PresenceOf, phoneOf, userToWire } from './present.ts'
import { findUserById, type Profile, updateProfileRow } from './sql.ts'
import { foldPerson, type UserRow } from './user.ts'

/** Only what is given changes; an empty phone number or locale takes it away. */
export interface ProfileChange {
  full_name?: string | undefined
  phone_number?: string | null | undefined
  bio?: string | undefined
  status_text?: string | undefined
  status_emoji?: string | undefined
  locale?: string | null | undefined
}

const CHANGES = { name: 'profile', points: 60, perMs: 180_000 }

/** Changes one's own profile and tells one's other devices. A change to the same is none. */
export async function updateProfile(
  app: App,
  userId: Id<'user'>,
  change: ProfileChange,
  presenceOf: PresenceOf = offline,
): Promise<UserRow> {
  await app.limits.spend(CHANGES, userId)
  const sealed = await sealPhone(app, userId, change)
  const now = app.clock.now()
  const { user, changed } = await app.db.write(async (sql) => {
    await sql.lock('users', userId)
    const known = await findUserById(sql, userId)
    if (known?.is_active !== 1) return refuse('unauthenticated', 'session_over')
    const profile = apply(known, sealed)
    if (isSame(known, profile)) return { user: known, changed: false }
    return { user: await updateProfileRow(sql, userId, profile, now), changed: true }
  })
  if (changed)
    app.bus.tellUser(userId, { type: 'user_updated', data: { user: userToWire(user, presenceOf(userId)) } })
  return user
}

/** Sealed, the same number looks different each time: one that is there already is left alone. */
async function sealPhone(app: App, userId: Id<'user'>, change: ProfileChange): Promise<ProfileChange> {
  const { phone_number: phone, ...others } = change
  if (phone === undefined) return others
  if (!phone) return { ...others, phone_number: null }
  const known = await findUserById(app.db.read, userId)
  const isSame = known !== undefined && (await phoneOf(app, known)) === phone
  return isSame ? others : { ...others, phone_number: app.secrets.seal(phone) }
}

function apply(user: UserRow, change: ProfileChange): Profile {
  const full_name = change.full_name === undefined ? user.full_name : change.full_name || user.username
  return {
    full_name,
    name_folded: foldPerson(user.username, full_name),
    phone_number: change.phone_number === undefined ? user.phone_number : change.phone_number,
    bio: change.bio ?? user.bio,
    status_text: change.status_text ?? user.status_text,
    status_emoji: change.status_emoji ?? user.status_emoji,
    locale: change.locale === undefined ? user.locale : change.locale || null,
  }
}

const isSame = (user: UserRow, profile: Profile): boolean =>
  (Object.keys(profile) as (keyof Profile)[]).every((field) => user[field] === profile[field])
