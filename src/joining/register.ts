import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import {
  type AccountDraft,
  findUserByEmail,
  findUserByUsername,
  hashDraft,
  isMailOn,
  isSetUp,
  mailAlreadyHere,
  mailVerification,
  type NewAccount,
  storeUser,
  type UserRow,
} from '../accounts/index.ts'
import type { Locale } from '../texts/index.ts'
import { chatsOf, type InviteRow } from './invite.ts'
import { planSettling, type Settling, settleIn } from './settleIn.ts'
import { requireSetupRight } from './setupToken.ts'
import { findOpenInvite, takeInvite } from './sql.ts'

/** What somebody brings who wants an account; the role is never among it. */
export interface Registration extends AccountDraft {
  invite?: string | undefined
  setup_token?: string | undefined
  /** The form's first person starts in a channel; a program that sets a node up makes its own. */
  startsInChannel?: boolean
}

/** Where they come from. */
export interface Arrival {
  address: string
  /** From this machine, with no proxy in between. */
  isLocal: boolean
  /** The language they are answered in. */
  locale?: Locale
}

/** A team that comes in on its first morning from one office fits. */
const PER_ADDRESS = { name: 'register', points: 100, perMs: 600_000 }
/** Each try may send a mail to somebody who never asked for it. */
const PER_EMAIL = { name: 'register_email', points: 10, perMs: 900_000 }

/**
 * Makes an account: the owner on an empty database, later ones by invite (or anybody's, where registration is open).
 * Returns the account when it can be used at once; null where mail is on, whether the e-mail was new or had an account
 * already: its owner gets a mail either way (S-55). Refuses `conflict` `username_taken`, `email_taken` (mail off),
 * `already_set_up`; `forbidden` `invite_invalid`, `registration_closed`, `setup_token`.
 */
export async function register(app: App, draft: Registration, from: Arrival): Promise<UserRow | null> {
  await app.limits.spend(PER_ADDRESS, from.address)
  await requireOpenDoor(app, draft)
  if (isMailOn(app)) await app.limits.spend(PER_EMAIL, draft.email)
  const { invite, setup_token: setupToken, startsInChannel = false, ...rest } = draft
  const account = await hashDraft(rest)
  const coming: Coming = { account, invite, setupToken, startsInChannel, from }
  const { user, plan } = await app.db.write(async (sql) =>
    (await isSetUp(sql)) ? joinTeam(app, sql, coming) : foundTeam(app, sql, coming),
  )
  if (plan) await settleNow(app, plan)
  return user
}

interface Coming {
  account: NewAccount
  invite: string | undefined
  setupToken: string | undefined
  startsInChannel: boolean
  from: Arrival
}

interface Registered {
  user: UserRow | null
  plan?: Settling
}

/** Before anything is hashed: a stranger without a good invite costs nothing. Asked again inside the write. */
async function requireOpenDoor(app: App, { invite }: Registration): Promise<void> {
  const { read } = app.db
  if (!(await isSetUp(read))) return
  requireRegistration(app, invite)
  const isOpen = invite === undefined || (await findOpenInvite(read, invite, app.clock.now())) !== undefined
  if (!isOpen) refuse('forbidden', 'invite_invalid')
}

function requireRegistration({ config }: App, invite: string | undefined): void {
  if (config.registration === 'closed') refuse('forbidden', 'registration_closed')
  if (config.registration === 'invite' && invite === undefined) refuse('forbidden', 'invite_invalid')
}

const FIRST_CHANNEL = { en: 'general', ru: 'общий' }

async function foundTeam(app: App, sql: Sql, coming: Coming): Promise<Registered> {
  await requireSetupRight(app, sql, { ...coming.from, setupToken: coming.setupToken })
  const user = await storeUser(sql, coming.account, { role: 'member', verified: false }, app.clock.now())
  if (user.role !== 'owner') return refuse('conflict', 'already_set_up') // somebody was faster since it was asked
  if (!coming.startsInChannel) return { user }
  const name = user.locale?.startsWith('ru') ? FIRST_CHANNEL.ru : FIRST_CHANNEL.en
  const plan: Settling = { user_id: user.id, channel: { client_id: newId<'client'>(), name } }
  await planSettling(app, sql, plan)
  return { user, plan }
}

async function joinTeam(app: App, sql: Sql, coming: Coming): Promise<Registered> {
  const { account, invite: code, from } = coming
  requireRegistration(app, code)
  const invite = code === undefined ? null : await redeem(sql, code, app.clock.now())
  if (await findUserByUsername(sql, account.username)) refuse('conflict', 'username_taken')

  const owner = isMailOn(app) ? await findUserByEmail(sql, account.email) : undefined
  if (owner) {
    await mailAlreadyHere(app, sql, owner, from.locale ?? null)
    return { user: null }
  }
  return arrive(app, sql, coming, invite)
}

async function redeem(sql: Sql, code: string, now: number): Promise<InviteRow> {
  return (await takeInvite(sql, code, now)) ?? refuse('forbidden', 'invite_invalid')
}

async function arrive(
  app: App,
  sql: Sql,
  { account, from }: Coming,
  invite: InviteRow | null,
): Promise<Registered> {
  const role: Role = invite?.role ?? 'member'
  const user = await storeUser(sql, account, { role, verified: false }, app.clock.now())
  if (isMailOn(app)) await mailVerification(app, sql, user, from.locale ?? null)
  const shown = isMailOn(app) ? null : user
  if (invite === null || chatsOf(invite).length === 0) return { user: shown }
  const plan = { user_id: user.id, invited: { by: invite.created_by, chat_ids: chatsOf(invite) } }
  await planSettling(app, sql, plan)
  return { user: shown, plan }
}

/** The account is there whatever happens now: what fails here is tried again by the job. */
async function settleNow(app: App, plan: Settling): Promise<void> {
  try {
    await settleIn(app, plan)
  } catch (error) {
    app.log.warn({ err: error, user: plan.user_id }, 'a new account waits for its chats')
  }
}
