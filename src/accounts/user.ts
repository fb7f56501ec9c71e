import { z } from '@hono/zod-openapi'
import type { Id } from '../platform/ids.ts'
import { name } from '../platform/schema.ts'
import { ROLES, type Role } from '../platform/session.ts'

/** A row of `users`: never leaves the server as it stands, see `wire.ts`. */
export interface UserRow {
  id: Id<'user'>
  email: string
  username: string
  full_name: string
  name_folded: string
  /** Sealed. */
  phone_number: string | null
  bio: string
  status_text: string
  status_emoji: string
  locale: string | null
  role: Role
  kind: 'person' | 'bot'
  password_hash: string | null
  email_verified_at: number | null
  authz_version: number
  authz_changed_at: number
  is_active: number
  created_at: number
  updated_at: number
}

/** What may be asked of an account: the rules of `docs/protocol.md`, "Shapes and statuses". */
const MAX_PASSWORD_BYTES = 1024
const MIN_PASSWORD = 8

/** Names that mean everybody, nobody or the product itself. */
const RESERVED = new Set(['all', 'channel', 'everyone', 'here', 'me', 'system', 'warren'])
const USERNAME = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/

const isReserved = (username: string): boolean => RESERVED.has(username)

/** A username as `docs/protocol.md` wants it; names that mean everybody are refused. */
export const usernameInput = z
  .string()
  .regex(
    USERNAME,
    'must be 1 to 32 of a-z, 0-9, dot, hyphen and underscore, with a letter or digit at both ends',
  )
  .refine((username) => !isReserved(username), 'is reserved')

/**
 * ASCII only, so that lower case is the one canonical form: no letter outside it folds into one inside (the Kelvin
 * sign into k), and no two rows ever name one mailbox (S-08).
 */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export const emailInput = z
  .string()
  .max(254)
  .refine((email) => /^[\x21-\x7e]+$/.test(email), 'must be an address in ASCII')
  .transform((email) => email.toLowerCase())
  .refine((email) => EMAIL.test(email), 'must be an e-mail address')

/** A password that is about to be checked: anything that could be hashed in bounded time. */
export const givenPassword = z
  .string()
  .min(1)
  .refine((raw) => raw.isWellFormed() && !raw.includes('\0'), 'holds a character that no keyboard makes')
  .refine((raw) => Buffer.byteLength(raw) <= MAX_PASSWORD_BYTES, `longer than ${MAX_PASSWORD_BYTES} bytes`)
  .transform((raw) => raw.normalize('NFC'))

/** A password that is about to be set. */
export const newPassword = givenPassword.refine(
  (password) => [...password].length >= MIN_PASSWORD,
  `shorter than ${MIN_PASSWORD} characters`,
)

/** A person's name. */
export const fullNameInput = name(100)

/** A server-wide role. */
export const roleInput = z.enum(ROLES)

/** As chats fold their names, so that a search finds people and channels alike. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase().replaceAll('ё', 'е')

export const foldPerson = (username: string, fullName: string): string => fold(`${username} ${fullName}`)

const rank = (role: Role): number => ROLES.indexOf(role)

/** Whether the one role is at least the other. */
export const hasRole = (role: Role, least: Role): boolean => rank(role) >= rank(least)

/** Whether the one role is above the other: people are managed from above only. */
export const isAbove = (role: Role, other: Role): boolean => rank(role) > rank(other)
