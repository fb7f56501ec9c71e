import { askAdmin, NOT_RUNNING } from '../../platform/adminSocket.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Config } from '../../config.ts'
import { EXIT, type Exit, fail } from '../command.ts'
import type { ActionInput, ActionName, ActionResult } from './actions.ts'

/** Carries out an action on this installation: by the running node, or in its place when none runs. */
export async function act<N extends ActionName>(
  config: Config,
  name: N,
  input: ActionInput<N>,
): Promise<ActionResult<N>> {
  try {
    const answer = await askAdmin(config.dataDir, name, input as object)
    if (answer !== NOT_RUNNING) return answer as ActionResult<N>

    const { withoutNode } = await import('./offline.ts')
    const { carryOut } = await import('./actions.ts')
    return (await withoutNode(config, (app) => carryOut(app, name, input))) as ActionResult<N>
  } catch (error) {
    if (error instanceof Refusal) return explainRefusal(error)
    throw error
  }
}

/** What the operator can do about it. */
const EXPLAINED: Record<string, string> = {
  user: 'nobody has that e-mail, username or id. See "warren user list".',
  job: 'nothing that was given up has that id. See "warren jobs list".',
  username_taken: 'the username is taken. Choose another with --username.',
  email_taken: 'there is an account with that e-mail already. See "warren user list".',
  already_set_up: 'the first account was made in the meantime. See "warren user list".',
  last_server_owner: 'this is the last owner, and a server needs one. Make somebody else owner first.',
  guest_chats: 'a guest needs a chat to be invited to: invite guests from the People page.',
  no_new_key:
    'there is no new key. Give every node the new one as WARREN_SECRET_KEY and the one it has now as WARREN_SECRET_KEY_PREVIOUS, then try again.',
  no_owner: 'there is no account yet. Run "warren setup" first.',
  database_unavailable: 'the database did not answer. Is its disk full? Try again.',
}

function explainRefusal({ code, reason, details }: Refusal): never {
  const exit: Exit = code === 'unavailable' || code === 'rate_limited' ? EXIT.temporary : EXIT.failed
  const faults = (details.faults ?? []).map(({ path, message }) => `${path} ${message}.`).join(' ')
  return fail(exit, EXPLAINED[reason] ?? (faults || details.detail || `refused (${code}, ${reason}).`))
}
