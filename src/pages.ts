import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { type Refusal, refuse, STATUS } from './platform/errors.ts'
import type { Env } from './platform/http/api.ts'
import type { AssetUrl } from './platform/http/assets.ts'
import { createPages } from './platform/http/createApi.ts'
import { retryAfterSeconds } from './platform/http/problem.ts'
import { requireSession } from './platform/http/signedIn.ts'
import { mailboxPages } from './platform/mail/pages.tsx'
import { toTime } from './platform/schema.ts'
import type { PageDeps, SignedInPage } from '../views/deps.ts'
import type { AsyncApi, OpenApi } from '../views/docs/ApiReference.tsx'
import { ErrorPage } from '../views/ErrorPage.tsx'
import { Layout } from '../views/Layout.tsx'
import type { Ui } from '../views/Ui.ts'
import { ownUserToWire, requireUser } from './accounts/index.ts'
import { mountAccountsPages } from './accounts/pages.tsx'
import { listChats, toListed } from './chats/index.ts'
import { drawOpenChat } from './chats/pages.chat.tsx'
import { mountChatsPages } from './chats/pages.tsx'
import type { Config } from './config.ts'
import { mountJoiningPages } from './joining/pages.tsx'
import { mountMessagesPages } from './messages/pages.send.tsx'
import { drawConversation } from './messages/pages.tsx'
import type { Documents } from './rooms.ts'
import { datesIn, localeFor, refusalText, texts } from './texts/index.ts'

/** What all pages share: where the built files lie, and the settings. */
export interface PagesDeps {
  asset: AssetUrl
  config: Config
  /** What `/docs/api` shows; without it there is no such page. */
  documents?: () => Promise<Documents>
}

/** The pages of all rooms. */
export function mountPages(shared: PagesDeps): Hono<Env> {
  const pages = createPages()
  const deps: PageDeps = { ui: (c) => uiOf(shared, c), signedIn: (c) => signedIn(shared, c) }
  mountAccountsPages(pages, deps)
  mountJoiningPages(pages, deps)
  mountChatsPages(pages, deps, drawConversation)
  mountMessagesPages(pages, (c, conversation) => drawOpenChat(deps, c, conversation))
  mountReference(pages, shared)
  if (shared.config.smtpUrl === 'mailbox:') mountMailbox(pages, shared)
  return pages
}

/** Open to strangers, as the documents are; loaded when somebody reads it. */
function mountReference(pages: Hono<Env>, shared: PagesDeps): void {
  pages.get('/docs/api', async (c) => {
    const { ApiReference } = await import('../views/docs/ApiReference.tsx')
    const { openapi, asyncapi } = (await shared.documents?.()) ?? refuse('not_found', 'page')
    const ui = uiOf(shared, c)
    return c.html(ApiReference({ ui, openapi: openapi as OpenApi, asyncapi: asyncapi as AsyncApi }))
  })
}

function mountMailbox(pages: Hono<Env>, shared: PagesDeps): void {
  const frame = (c: Context<Env>, title: string, children: Child) =>
    c.html(Layout({ ui: uiOf(shared, c), title, scripts: false, children }))
  const words = (c: Context<Env>) => {
    const { t, dates } = uiOf(shared, c)
    return { ...t.keptMail, at: dates.full }
  }
  pages.route('/', mailboxPages({ dataDir: shared.config.dataDir, frame, words }))
}

/** More chats than anybody keeps in a sidebar. */
const MOST_CHATS = 1000

async function signedIn(shared: PagesDeps, c: Context<Env>): Promise<SignedInPage> {
  const { app } = c.var
  const session = requireSession(c)
  const user = await requireUser(app.db.read, session.userId)
  const [me, { data: chats }] = await Promise.all([
    ownUserToWire(app, user),
    listChats(app, session.userId, { limit: MOST_CHATS }),
  ])
  return { session, shell: { ui: uiOf(shared, c, user.locale), me, chats: chats.map(toListed) } }
}

/** Whoever chose a language has it; a stranger has what their browser likes, unless the node speaks only one. */
function uiOf(
  { asset, config: { locale: wanted } }: PagesDeps,
  c: Context<Env>,
  chosen: string | null = null,
): Ui {
  const cookies = new Bun.CookieMap(c.req.header('cookie') ?? '')
  const locale = localeFor(chosen ?? cookies.get('locale'), wanted, c.req.header('accept-language'))
  const theme = cookies.get('theme')
  const { clock } = c.var.app
  const zone = cookies.get('tz') ?? 'UTC'
  const { pathname, search } = new URL(c.req.url)
  return {
    t: texts(locale),
    locale,
    dates: datesIn(locale, zone, clock.now),
    zone,
    now: toTime(clock.now()),
    asset,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    density: cookies.get('density') === 'compact' ? 'compact' : 'comfortable',
    isApple: /Macintosh|iPhone|iPad/.test(c.req.header('user-agent') ?? ''),
    path: pathname + search,
  }
}

/** A stranger is shown the door; everybody else a page that says what is wrong, and a way out. */
export function renderError(
  shared: PagesDeps,
  c: Context<Env>,
  refusal: Refusal,
): Response | Promise<Response> {
  const { code, reason, details } = refusal
  if (code === 'unauthenticated') return showDoor(c)
  const after = retryAfterSeconds(code, details.retryAfterMs)
  if (after !== null) c.header('Retry-After', String(after))
  // In the app the answer takes its place: it has none of the parts that a link would have swapped.
  if (c.req.header('hx-request') !== undefined) {
    c.header('HX-Retarget', '#app')
    c.header('HX-Reselect', '.door')
    c.header('HX-Reswap', 'outerHTML')
  }
  const ui = uiOf(shared, c)
  const refused = code === 'internal' ? {} : { refused: refusalText(ui.locale, reason) }
  const page = ErrorPage({ ui, code, requestId: c.var.requestId, ...refused })
  return c.html(page, reason === 'method_not_allowed' ? 405 : STATUS[code])
}

/** Where they wanted to go they are brought afterwards; a form is not sent again. */
function showDoor(c: Context<Env>): Response {
  const { pathname, search } = new URL(c.req.url)
  const isPlain = c.req.method === 'GET' && pathname !== '/'
  const door = isPlain ? `/login?next=${encodeURIComponent(pathname + search)}` : '/login'
  if (c.req.header('hx-request') === undefined) return c.redirect(door, 303)
  c.header('HX-Redirect', door)
  return c.body(null, 204)
}
