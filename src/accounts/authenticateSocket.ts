import type { App } from '../platform/context.ts'
import type { Session } from '../platform/session.ts'
import { authenticate } from './authenticate.ts'
import { type Answer, type Asking, byBearer } from './authenticateRequest.ts'
import { readCookies } from './cookies.ts'
import { findSpendable } from './refresh.ts'
import { redeemTicket } from './wsTicket.ts'

/** A handshake may also carry its proof in the URL. */
export interface AskingSocket extends Asking {
  /** As it came: `/ws`, `/ws?ticket=…`, `/ws?token=…`, `/ws/<access token>`. */
  url: URL
}

/**
 * Who opens a socket: the same judgement as REST's (S-05), by `Authorization: Bearer`, a ticket (taken and gone), an
 * access token in the URL (unless `WARREN_WS_URL_TOKEN=off`), else by cookie. What is there and wrong is a stranger's.
 */
export async function authenticateSocket(app: App, asking: AskingSocket): Promise<Answer> {
  return { session: await whoOpens(app, asking), setCookies: [] }
}

async function whoOpens(app: App, { headers, secure, url }: AskingSocket): Promise<Session | null> {
  const authorization = headers.get('authorization')
  if (authorization !== null) return byBearer(app, authorization)

  const ticket = url.searchParams.get('ticket')
  if (ticket !== null) return redeemTicket(app, ticket)
  const token = url.searchParams.get('token') ?? /^\/ws\/([^/]+)\/?$/.exec(url.pathname)?.[1]
  if (token !== undefined) return app.config.wsUrlToken ? authenticate(app, token) : null
  return byCookies(app, headers, secure)
}

/**
 * A page that was open for an hour has only the refresh cookie left. A handshake can't renew it: an answer lost on its
 * way would leave the browser with a spent token, and the next renewal would be taken for theft. So the cookie is
 * looked at, not exchanged, and only while it could be; in any other place than the cookie it is worth nothing.
 */
async function byCookies(app: App, headers: Headers, secure: boolean): Promise<Session | null> {
  const { access, refresh } = readCookies(headers, secure)
  const session = access === null ? null : await authenticate(app, access)
  return session ?? (refresh === null ? null : findSpendable(app, refresh))
}
