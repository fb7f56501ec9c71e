import type { Config } from '../config.ts'
import type { UserSummary } from './admin/actions.ts'
import { act } from './admin/ask.ts'
import { EXIT, fail, type Io } from './command.ts'
import { readPasswordFile } from './password.ts'
import { usernameFrom } from './user.ts'

/** Null when there is an account already: what was set for the first start may stay set. */
export async function makeFirstAdmin(config: Config, io: Io): Promise<UserSummary | null> {
  const { adminEmail, adminPasswordFile } = config
  if (adminEmail === null || adminPasswordFile === null) return null
  if (await act(config, 'is_set_up', {})) return null

  const password = readPasswordFile(adminPasswordFile)
  if (password === '') fail(EXIT.config, `${adminPasswordFile} is empty. Write the password into it.`)
  const admin = await act(config, 'create_first_admin', {
    email: adminEmail,
    username: usernameFrom(adminEmail),
    password,
  })
  io.err(`The first account is ${admin.username}.`)
  return admin
}
