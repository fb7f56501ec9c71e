import type { App } from '../platform/context.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Role } from '../platform/session.ts'
import { hashPassword } from './password.ts'
import { claimFirst, findUserByUsername, hasUsers, insertUser } from './sql.ts'
import { foldPerson, type UserRow } from './user.ts'

/** As parsed by `emailInput`, `usernameInput`, `newPassword` and `fullNameInput`. */
export interface AccountDraft {
  email: string
  username: string
  password: string
  full_name?: string | undefined
  locale?: string | null | undefined
}

/** A draft whose password was hashed: what a write may store without waiting. */
export type NewAccount = Omit<AccountDraft, 'password'> & { passwordHash: string }

/** What whoever makes the account decides, never the person themselves. */
export interface AccountTerms {
  role: Role
  /** Whether the e-mail counts as proven. */
  verified: boolean
}

/** Makes an account by an operator's hand. Refuses `conflict` `username_taken` and `email_taken`. */
export async function createUser(app: App, draft: AccountDraft, terms: AccountTerms): Promise<UserRow> {
  const account = await hashDraft(draft)
  return app.db.write((sql) => storeUser(sql, account, terms, app.clock.now()))
}

/** Whether there is an account: until then the first run is open. */
export const isSetUp = (sql: Sql): Promise<boolean> => hasUsers(sql)

/** The slow part of making an account, before the write. */
export async function hashDraft({ password, ...draft }: AccountDraft): Promise<NewAccount> {
  return { ...draft, passwordHash: await hashPassword(password) }
}

/**
 * Stores an account inside a write; the first of all is the owner and is never asked to prove its e-mail.
 * Refuses `conflict` `username_taken` and `email_taken`.
 */
export async function storeUser(
  sql: Sql,
  account: NewAccount,
  terms: AccountTerms,
  now: number,
): Promise<UserRow> {
  const first = !(await hasUsers(sql))
  if (first && !(await claimFirst(sql, now))) refuse('conflict', 'already_set_up')
  const user = newUserRow(account, first ? { role: 'owner', verified: true } : terms, now)
  const stored = await insertUser(sql, user)
  if (stored) return stored
  return refuse('conflict', (await findUserByUsername(sql, user.username)) ? 'username_taken' : 'email_taken')
}

const newUserRow = (account: NewAccount, { role, verified }: AccountTerms, now: number): UserRow => ({
  id: newId<'user'>(),
  email: account.email,
  username: account.username,
  full_name: account.full_name || account.username,
  name_folded: foldPerson(account.username, account.full_name || account.username),
  phone_number: null,
  bio: '',
  status_text: '',
  status_emoji: '',
  locale: account.locale ?? null,
  role,
  kind: 'person',
  password_hash: account.passwordHash,
  email_verified_at: verified ? now : null,
  authz_version: 1,
  authz_changed_at: now,
  is_active: 1,
  created_at: now,
  updated_at: now,
})
