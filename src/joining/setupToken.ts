import type { App } from '../platform/context.ts'
import { equalSecrets, hashToken, newToken } from '../platform/crypto.ts'
import type { Sql } from '../platform/db/db.ts'
import { refuse } from '../platform/errors.ts'
import { isSetUp } from '../accounts/index.ts'
import { deleteSetupHash, findSetupHash, storeSetupHash } from './sql.ts'

/**
 * The word that makes the first account from another machine: the operator's own, or a new one that replaces the last.
 * Refuses `conflict` `already_set_up`.
 */
export async function issueSetupToken(app: App): Promise<string> {
  const { setupToken } = app.config
  const token = newToken()
  await app.db.write(async (sql) => {
    if (await isSetUp(sql)) refuse('conflict', 'already_set_up')
    if (setupToken === null) await storeSetupHash(sql, hashToken(token))
  })
  return setupToken ?? token
}

/** Inside the write that makes the first account: from another machine only with the token, which is then worth nothing. */
export async function requireSetupRight(
  app: App,
  sql: Sql,
  { isLocal, setupToken }: { isLocal: boolean; setupToken?: string | undefined },
): Promise<void> {
  const expected =
    app.config.setupToken === null ? await findSetupHash(sql) : hashToken(app.config.setupToken)
  const isRight =
    setupToken !== undefined && expected !== null && equalSecrets(hashToken(setupToken), expected)
  if (!isLocal && !isRight) refuse('forbidden', 'setup_token')
  await deleteSetupHash(sql)
}
