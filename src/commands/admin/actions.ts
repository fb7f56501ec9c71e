import { z } from '@hono/zod-openapi'
import type { App } from '../../platform/context.ts'
import { type Fault, refuse } from '../../platform/errors.ts'
import { listOpenJobs, replayDeadJobs, replayJob } from '../../platform/jobs/open.ts'
import { toTime } from '../../platform/schema.ts'
import {
  createUser,
  emailInput,
  findWho,
  fullNameInput,
  isSetUp,
  listEverybody,
  mailOrigin,
  newPassword,
  OPERATOR,
  roleInput,
  setPassword,
  setStanding,
  type UserRow,
  usernameInput,
} from '../../accounts/index.ts'
import { createInvite, inviteToWire, issueSetupToken, MAX_EXPIRY_S } from '../../joining/index.ts'
import { action } from './action.ts'
import { MOVING_ACTIONS } from './actions.moving.ts'
import { SECRET_ACTIONS } from './actions.secret.ts'

/** What an operator is shown of an account. */
export interface UserSummary {
  id: string
  username: string
  email: string
  role: string
  is_active: boolean
}

const account = { email: emailInput, username: usernameInput, password: newPassword }
const who = z.string().max(254)

/** All that the command line can ask of an installation: one function each, whether a node runs or not. */
export const ACTIONS = {
  list_users: action(z.strictObject({}), async (app) => (await listEverybody(app)).map(summary)),

  create_user: action(
    z.strictObject({ ...account, full_name: fullNameInput.optional(), role: roleInput }),
    async (app, { role, ...draft }) => summary(await createUser(app, draft, { role, verified: true })),
  ),

  create_first_admin: action(z.strictObject(account), async (app, draft) => {
    if (await isSetUp(app.db.read)) return refuse('conflict', 'already_set_up')
    return summary(await createUser(app, draft, { role: 'owner', verified: true }))
  }),

  /** As the node was told, for whoever finds that address taken. */
  listens_at: action(z.strictObject({}), async (app) => app.config.listen),

  is_set_up: action(z.strictObject({}), (app) => isSetUp(app.db.read)),

  /** With the address of who answers: a node that runs may have been started with another than is set here. */
  new_setup_token: action(z.strictObject({}), async (app) => ({
    token: await issueSetupToken(app),
    origin: mailOrigin(app.config),
  })),

  create_invite: action(
    z.strictObject({
      role: roleInput,
      max_uses: z.int().min(1).optional(),
      expires_in_s: z.int().min(60, 'is less than a minute').max(MAX_EXPIRY_S, 'is more than a year'),
    }),
    async (app, draft) => inviteToWire(await createInvite(app, OPERATOR, draft), mailOrigin(app.config)),
  ),

  set_password: action(z.strictObject({ who, password: newPassword }), async (app, input) => {
    const user = await findWho(app, input.who)
    await setPassword(app, user.id, input.password)
    return summary(user)
  }),

  set_role: action(z.strictObject({ who, role: roleInput }), async (app, input) => {
    const user = await findWho(app, input.who)
    return summary(await setStanding(app, OPERATOR, { userId: user.id, role: input.role }))
  }),

  deactivate_user: action(z.strictObject({ who }), async (app, input) => {
    const user = await findWho(app, input.who)
    return summary(await setStanding(app, OPERATOR, { userId: user.id, is_active: false }))
  }),

  list_jobs: action(z.strictObject({}), async (app) =>
    (await listOpenJobs(app, 1000)).map(({ lastError, at, ...job }) => ({
      ...job,
      last_error: lastError,
      at: toTime(at),
    })),
  ),

  replay_job: action(z.strictObject({ id: z.string().max(100) }), async (app, { id }) => {
    if (!(await replayJob(app, id))) refuse('not_found', 'job')
  }),

  replay_jobs: action(z.strictObject({}), (app) => replayDeadJobs(app)),

  ...MOVING_ACTIONS,

  ...SECRET_ACTIONS,
}

export type ActionName = keyof typeof ACTIONS
export type ActionInput<N extends ActionName> = z.input<(typeof ACTIONS)[N]['input']>
export type ActionResult<N extends ActionName> = Awaited<ReturnType<(typeof ACTIONS)[N]['run']>>

/** Carries out one action by its name: what the admin socket of a running node calls. */
export async function carryOut(app: App, name: string, input: unknown): Promise<unknown> {
  const found = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as ActionName] : undefined
  if (!found)
    return refuse('not_found', 'action', { detail: `this node knows no ${name}. Is it an older Warren?` })

  const parsed = found.input.safeParse(input)
  if (!parsed.success) return refuse('invalid', 'input', { faults: parsed.error.issues.map(fault) })
  return (found.run as (app: App, input: unknown) => Promise<unknown>)(app, parsed.data)
}

const fault = ({ path, message }: z.core.$ZodIssue): Fault => ({ path: path.join('.'), message })

const summary = ({ id, username, email, role, is_active }: UserRow): UserSummary => ({
  id,
  username,
  email,
  role,
  is_active: is_active === 1,
})
