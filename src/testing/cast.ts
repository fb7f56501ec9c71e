import type { App } from '../platform/context.ts'
import type { Role, Session } from '../platform/session.ts'
import {
  authenticate,
  createUser,
  logIn,
  OPERATOR,
  type SignedIn,
  setStanding,
  type UserRow,
} from '../accounts/index.ts'

export const PASSWORD = 'a long password'

/** Where tests come from: an address that no one has. */
export const FROM = { address: '192.0.2.1', userAgent: 'Test/1' }

/** A person with an account that they can sign in to. The very first would be made owner: that is `root`, made before. */
export async function enrol(app: App, username: string, role: Role = 'member'): Promise<UserRow> {
  const root = { email: 'root@example.org', username: 'root', password: PASSWORD }
  const [anybody] = await app.db.read`select id from users limit 1`
  if (anybody === undefined) await createUser(app, root, { role: 'owner', verified: true })
  const draft = { email: `${username}@example.org`, username, password: PASSWORD }
  return createUser(app, draft, { role, verified: true })
}

/** Signs somebody in who was enrolled. */
export const signIn = (app: App, { email }: Pick<UserRow, 'email'>): Promise<SignedIn> =>
  logIn(app, { email, password: PASSWORD }, FROM)

/** The session of somebody who just signed in. */
export async function sessionOf(app: App, { accessToken }: SignedIn): Promise<Session> {
  const session = await authenticate(app, accessToken)
  if (session === null) throw new Error('the token is good for nothing')
  return session
}

/** As an operator would. */
export const deactivate = (app: App, { id }: UserRow): Promise<UserRow> =>
  setStanding(app, OPERATOR, { userId: id, is_active: false })
