import type { App } from '../platform/context.ts'
import { refuse } from '../platform/errors.ts'
import type { Locale } from '../texts/index.ts'
import { mailPasswordChanged } from './mail.ts'
import { asKnown } from './oneTimeToken.ts'
import { hashPassword } from './password.ts'
import { bumpAuthz } from './sql.sessions.ts'
import { findTokenOwner, spendOneTimeToken, voidOneTimeTokens } from './sql.tokens.ts'
import { findUserById, setHash, setVerified } from './sql.ts'
import type { UserRow } from './user.ts'

/** Whether the link would still set a password: opening it spends nothing, for programs that look into mail open all. */
export const isResetOpen = async (app: App, token: string): Promise<boolean> =>
  (await findTokenOwner(app.db.read, asKnown(token, 'reset_password'), app.clock.now())) !== undefined

/**
 * Sets another password with the link of a mail and ends all sessions. Who holds the link holds the mailbox, so the
 * e-mail is proven too. Refuses `forbidden` `token_invalid` for one that is spent, expired or not ours.
 */
export async function resetPassword(
  app: App,
  token: string,
  password: string,
  asked: Locale | null = null,
): Promise<UserRow> {
  const known = asKnown(token, 'reset_password')
  const owner = await findTokenOwner(app.db.read, known, app.clock.now())
  if (owner === undefined) return refuse('forbidden', 'token_invalid')

  const hash = await hashPassword(password)
  const now = app.clock.now()
  const user = await app.db.write(async (sql) => {
    await sql.lock('users', owner)
    if ((await spendOneTimeToken(sql, known, now)) === undefined) refuse('forbidden', 'token_invalid')
    const user = await findUserById(sql, owner)
    if (user?.is_active !== 1) return refuse('forbidden', 'token_invalid')
    await setHash(sql, owner, hash, now)
    await setVerified(sql, owner, now)
    await bumpAuthz(sql, owner, now)
    await voidOneTimeTokens(sql, owner, 'reset_password', now)
    await mailPasswordChanged(app, sql, user, asked)
    return user
  })
  app.bus.recheck(owner)
  return user
}
