import { z } from '@hono/zod-openapi'
import { time } from '../platform/schema.ts'
import { ROLES } from '../platform/session.ts'

/** An invite as server admins see it: whoever has the code can come in. */
export const inviteWire = z
  .object({
    code: z.string(),
    url: z.string(),
    role: z.enum(ROLES),
    max_uses: z.int().nullable(),
    uses: z.int(),
    expires_at: time,
    chat_ids: z.array(z.uuid()),
    created_by: z.uuid(),
    created_at: time,
  })
  .meta({ id: 'Invite' })
export type InviteWire = z.infer<typeof inviteWire>
