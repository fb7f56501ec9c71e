import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import { asKnown } from './oneTimeToken.ts'
import { spendOneTimeToken } from './sql.tokens.ts'
import { findUserById, setVerified } from './sql.ts'
import type { UserRow } from './user.ts'

/** Takes the link of a mail as proof. Refuses `forbidden` `token_invalid` for one that is spent, expired or not ours. */
export async function verifyEmail(app: App, token: string): Promise<UserRow> {
  const now = app.clock.now()
  return app.db.write(async (sql) => {
    const userId = await spendOneTimeToken(sql, asKnown(token, 'verify_email'), now)
    if (userId === undefined) return refuse('forbidden', 'token_invalid')
    await setVerified(sql, userId, now)
    const user = await findUserById(sql, userId)
    return user?.is_active === 1 ? user : refuse('forbidden', 'token_invalid')
  })
}
