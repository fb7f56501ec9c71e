import type { Id } from './ids.ts'

export const ROLES = ['guest', 'member', 'admin', 'owner'] as const
/** Server-wide, from the least to the most. */
export type Role = (typeof ROLES)[number]

/** Who is asking, as far as the credential proved it. The database is asked again for everything it may do. */
export interface Session {
  id: Id<'session'>
  userId: Id<'user'>
  role: Role
  kind: 'person' | 'bot'
}
