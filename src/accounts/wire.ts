import { z } from '@hono/zod-openapi'
import { time } from '../platform/schema.ts'
import { ROLES } from '../platform/session.ts'

/** What others may see of a person or a bot. Never e-mail, phone, hash or anything of their sessions (S-19). */
export const userWire = z
  .object({
    id: z.uuid(),
    username: z.string(),
    full_name: z.string(),
    avatar_url: z.string().nullable(),
    bio: z.string(),
    status_text: z.string(),
    status_emoji: z.string(),
    role: z.enum(ROLES),
    kind: z.enum(['person', 'bot']),
    presence: z.enum(['online', 'away', 'dnd', 'offline']),
    is_active: z.boolean(),
  })
  .meta({ id: 'User' })
export type UserWire = z.infer<typeof userWire>

/** The same with what only the person and server admins may see. */
export const ownUserWire = userWire
  .extend({ email: z.string(), phone_number: z.string().nullable(), locale: z.string().nullable() })
  .meta({ id: 'OwnUser' })
export type OwnUserWire = z.infer<typeof ownUserWire>

/** A person as a message or a membership shows them. */
export const senderWire = z
  .object({
    id: z.uuid(),
    username: z.string(),
    full_name: z.string(),
    avatar_url: z.string().nullable(),
  })
  .meta({ id: 'Sender' })
export type SenderWire = z.infer<typeof senderWire>

/** What an asker may see of a person: e-mail and phone only for server admins. */
export const personWire = userWire
  .extend({ email: z.string().optional(), phone_number: z.string().nullable().optional() })
  .meta({ id: 'Person' })
export type PersonWire = z.infer<typeof personWire>

/** One place where the asker is signed in. */
export const sessionWire = z
  .object({
    id: z.uuid(),
    current: z.boolean(),
    user_agent: z.string(),
    created_at: time,
    last_used_at: time,
  })
  .meta({ id: 'Session' })
export type SessionWire = z.infer<typeof sessionWire>

/** What logging in and renewing answer. */
export const credentialsWire = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    /** Seconds. */
    expires_in: z.int(),
    user: ownUserWire,
  })
  .meta({ id: 'Credentials' })
export type CredentialsWire = z.infer<typeof credentialsWire>
