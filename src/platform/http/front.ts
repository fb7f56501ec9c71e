import { type Context, Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import { TrieRouter } from 'hono/router/trie-router'
import type { App } from '../context.ts'
import { Refusal, refuse } from '../errors.ts'
import type { Session } from '../session.ts'
import type { Api, Env } from './api.ts'
import { readBody, requireJson } from './body.ts'
import type { Limit } from './limits.ts'
import { methodsOf } from './methods.ts'
import { METHOD_NOT_ALLOWED, toProblem, toRefusal } from './problem.ts'
import { requireSameOrigin } from './sameOrigin.ts'

/** What the roof hands over: the rooms' routes, and who may ask. */
export interface FrontDeps {
  app: App
  /** From `createApi()`, with all routes on it. */
  api: Api
  /** From `createPages()`. */
  pages: Hono<Env>
  /** Who asks, by token or cookie, and the cookies to be renewed with the answer. */
  identify(asking: Identifying): Promise<{ session: Session | null; setCookies: readonly string[] }>
  /** Whether a stranger may ask for this path of the API. */
  isOpen(path: string): boolean
  /** Whether the request carries a cookie of ours. */
  hasCookie(headers: Headers, isHttps: boolean): boolean
  /** The page for an error. `status` is on it. */
  renderError(c: Context<Env>, refusal: Refusal): Response | Promise<Response>
}

export interface Identifying {
  headers: Headers
  secure: boolean
}

export type Front = Hono<Env>

/** Drawing is the dearest that a person may ask for: five a second are somebody in a hurry, more is a flood (S-46). */
const PAGES: Limit = { name: 'pages', points: 300, perMs: 60_000, isFrequent: true }

/** All routes behind one door: proof of origin, bounded body, who asks; every no in the form its asker reads. */
export function createFront(deps: FrontDeps): Front {
  // The one that our paths end up with anyway; Hono would build another first and find that it can't have them.
  const front = new Hono<Env>({ strict: false, router: new TrieRouter() })
  front.use(async (c, next) => {
    const { headers, method } = c.req.raw
    const { requestId, address, isLocal, isHttps, origin } = c.env.asker
    c.env.asker.route = patternOf(c)
    c.set('app', deps.app)
    c.set('requestId', requestId)
    c.set('address', address)
    c.set('isLocal', isLocal)
    c.set('origin', origin)
    // Until it is known: an error before that is shown as to a stranger.
    c.set('session', null)
    requireSameOrigin({ method, headers, own: origin, hasCookie: deps.hasCookie(headers, isHttps) })
    await boundBody(c)
    const { session, setCookies } = await deps.identify({ headers, secure: isHttps })
    c.set('session', session)
    if (session === null) requireOpen(front, deps, c)
    else if (!isApi(c)) await deps.app.limits.spend(PAGES, session.userId)
    refuseNul(c.req.raw.url)
    await next()
    if (setCookies.length > 0) putFirst(c.res.headers, setCookies)
  })
  front.route('/', deps.api)
  front.route('/', deps.pages)
  front.notFound((c) => answer(deps, c, notFound(front, c)))
  front.onError((error, c) => answer(deps, c, toRefusal(error, deps.app.log, c.get('requestId'))))
  return front
}

/** Of the routes that fit the first answers; middleware, which is there for every method, is none. */
const patternOf = (c: Context<Env>): string =>
  matchedRoutes(c).find(({ method }) => method !== 'ALL')?.path ?? 'unmatched'

/** A handler's own cookies (signing out) come after the renewed ones, for the last one counts. */
function putFirst(headers: Headers, setCookies: readonly string[]): void {
  const own = headers.getSetCookie()
  headers.delete('set-cookie')
  for (const cookie of [...setCookies, ...own]) headers.append('Set-Cookie', cookie)
}

/** The API is shut unless it says otherwise: a stranger learns nothing from how their input is judged (S-10). */
function requireOpen(front: Front, deps: FrontDeps, c: Context<Env>): void {
  const { path } = c.req
  if (!isApi(c) || deps.isOpen(path)) return
  if (methodsOf(front, path).length > 0) refuse('unauthenticated', 'session_required')
}

/** NUL is in no text of ours, and PostgreSQL stores and finds none: a path that holds it names nothing (S-29). */
function refuseNul(url: string): void {
  const at = url.indexOf('%00')
  if (at === -1) return
  const query = url.indexOf('?')
  if (query === -1 || at < query) refuse('not_found', 'route')
  refuse('invalid', 'input')
}

/** The whole body is read here and kept for the handler, so that no other limit is needed behind this line. */
async function boundBody(c: Context<Env>): Promise<void> {
  if (c.req.raw.body === null) return
  const body = await readBody(c.req.raw)
  if (isApi(c)) requireJson(body, c.req.header('content-type') ?? null)
  // Hono keeps promises here, whatever its type says.
  Object.assign(c.req.bodyCache, { arrayBuffer: Promise.resolve(body) })
}

function notFound(front: Front, c: Context<Env>): Refusal {
  const methods = methodsOf(front, c.req.path)
  if (methods.length === 0) return new Refusal('not_found', 'route')
  c.header('Allow', methods.join(', '))
  return new Refusal('invalid', METHOD_NOT_ALLOWED)
}

async function answer(deps: FrontDeps, c: Context<Env>, refusal: Refusal): Promise<Response> {
  if (!isApi(c)) return deps.renderError(c, refusal)
  const status = refusal.reason === METHOD_NOT_ALLOWED ? 405 : undefined
  const response = toProblem(refusal, c.get('requestId'), status)
  const allow = c.res.headers.get('allow')
  if (allow !== null) response.headers.set('Allow', allow)
  return response
}

const isApi = (c: Context<Env>): boolean => c.req.path === '/api' || c.req.path.startsWith('/api/')
