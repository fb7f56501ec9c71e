import type { Id } from '../platform/ids.ts'
import { toTime } from '../platform/schema.ts'
import { ROLES, type Role } from '../platform/session.ts'
import { inviteLink } from '../accounts/index.ts'
import type { InviteWire } from './wire.ts'

/** A row of `invites`. */
export interface InviteRow {
  code: string
  role: Role
  /** Null: any number. */
  max_uses: number | null
  uses: number
  expires_at: number
  /** JSON. */
  chat_ids: string
  created_by: Id<'user'>
  created_at: number
  revoked_at: number | null
}

/** Seconds. */
export const DEFAULT_EXPIRY_S = 7 * 24 * 3600
/** Seconds. */
export const MAX_EXPIRY_S = 365 * 24 * 3600
export const MAX_USES = 100_000

/** The chats that it brings its people into. */
export const chatsOf = (invite: Pick<InviteRow, 'chat_ids'>): Id<'chat'>[] => JSON.parse(invite.chat_ids)

/** The roles that somebody of this role may hand out, and whose codes they may see: up to their own (S-17). */
export const rolesUpTo = (role: Role): Role[] => ROLES.slice(0, ROLES.indexOf(role) + 1)

/** A link that begins so leads every machine to itself: nobody else can use it. */
export function isOnlyHere(origin: string): boolean {
  const { hostname } = new URL(origin)
  return /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}

/** `origin` is the one that its link begins with. */
export const inviteToWire = (invite: InviteRow, origin: string): InviteWire => ({
  code: invite.code,
  url: inviteLink(origin, invite.code),
  role: invite.role,
  max_uses: invite.max_uses,
  uses: invite.uses,
  expires_at: toTime(invite.expires_at),
  chat_ids: chatsOf(invite),
  created_by: invite.created_by,
  created_at: toTime(invite.created_at),
})
