import { hashToken, newToken } from '../platform/crypto.ts'
import type { Sql } from '../platform/db/db.ts'
import type { Id } from '../platform/ids.ts'
import { insertOneTimeToken, type Purpose } from './sql.tokens.ts'

const LIVES_MS: Record<Purpose, number> = {
  verify_email: 24 * 3600_000,
  reset_password: 3600_000,
}

/** Makes a link's secret, inside the write that stores the mail. Only its hash stays. */
export async function issueToken(
  sql: Sql,
  userId: Id<'user'>,
  purpose: Purpose,
  now: number,
): Promise<string> {
  const token = newToken()
  await insertOneTimeToken(sql, {
    hash: hashToken(token),
    purpose,
    user_id: userId,
    created_at: now,
    expires_at: now + LIVES_MS[purpose],
  })
  return token
}

/** What the database knows a token by. */
export const asKnown = (token: string, purpose: Purpose) => ({ hash: hashToken(token), purpose })
