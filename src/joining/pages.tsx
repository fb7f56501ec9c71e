/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../platform/context.ts'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { InviteGone, type NewAccountField, Register, SetUp } from '../../views/joining/Register.tsx'
import {
  emailInput,
  findSenders,
  fullNameInput,
  isMailOn,
  isSetUp,
  logIn,
  newPassword,
  signInCookies,
  usernameInput,
} from '../accounts/index.ts'
import { listChats } from '../chats/index.ts'
import type { InviteRow } from './invite.ts'
import { readInvite } from './invites.ts'
import { mountInvitePages } from './pages.invites.tsx'
import { type Registration, register } from './register.ts'

const FIELDS: readonly NewAccountField[] = ['full_name', 'email', 'username', 'password', 'setup_token']

const account = z.strictObject({
  full_name: fullNameInput.optional(),
  email: emailInput,
  username: usernameInput,
  password: newPassword,
})
const owner = account.extend({ setup_token: z.string().max(500).optional() })

/** The first run, registering by invite or freely, and the invites themselves. */
export function mountJoiningPages(pages: Hono<Env>, deps: PageDeps): void {
  mountSetUpPages(pages, deps)
  pages.get('/register', async (c) => {
    if (!(await isSetUp(c.var.app.db.read))) return c.redirect('/setup', 303)
    if (c.var.app.config.registration !== 'open') return c.html(<InviteGone ui={deps.ui(c)} />, 403)
    return c.html(<Register ui={deps.ui(c)} />)
  })
  pages.post('/register', (c) =>
    submit(c, {
      schema: account,
      act: (draft) => comeIn(deps, c, draft),
      again: (failed) => {
        const ui = deps.ui(c)
        return <Register ui={ui} form={formState(ui, failed, FIELDS)} />
      },
    }),
  )
  pages.get('/join/:code', async (c) => {
    const code = c.req.param('code')
    const invite = await readInvite(c.var.app, code)
    if (invite === null) return c.html(<InviteGone ui={deps.ui(c)} />, 403)
    return c.html(<Register ui={deps.ui(c)} invite={code} {...(await inviterOf(c.var.app, invite))} />)
  })
  pages.post('/join/:code', (c) => {
    const invite = c.req.param('code')
    return submit(c, {
      schema: account,
      act: (draft) => comeIn(deps, c, { ...draft, invite }),
      again: (failed) => joinAgain(deps, c, { failed, invite }),
    })
  })
  mountInvitePages(pages, deps)
}

interface Again {
  failed: Failed
  invite: string
}

async function joinAgain(deps: PageDeps, c: Context<Env>, { failed, invite }: Again) {
  const ui = deps.ui(c)
  if (failed.reason === 'invite_invalid') return <InviteGone ui={ui} />
  const open = await readInvite(c.var.app, invite)
  const by = open && (await inviterOf(c.var.app, open))
  return <Register ui={ui} invite={invite} {...by} form={formState(ui, failed, FIELDS)} />
}

/** Who made the link, as they call themselves: one knows from whom it comes. */
async function inviterOf(app: App, { created_by: by }: Pick<InviteRow, 'created_by'>) {
  const name = (await findSenders(app.db.read, [by])).get(by)?.full_name
  return name ? { invitedBy: name } : {}
}

/** Afterwards there is no such page: whoever comes late is sent to the door. */
function mountSetUpPages(pages: Hono<Env>, deps: PageDeps): void {
  const draw = (c: Context<Env>, failed?: Failed) => {
    const ui = deps.ui(c)
    const form = failed && formState(ui, failed, FIELDS)
    return <SetUp ui={ui} needsToken={!c.var.isLocal} token={c.req.query('setup_token')} form={form} />
  }
  pages.get('/setup', async (c) =>
    (await isSetUp(c.var.app.db.read)) ? c.redirect('/', 303) : c.html(draw(c)),
  )
  pages.post('/setup', async (c) => {
    if (await isSetUp(c.var.app.db.read)) return c.redirect('/', 303)
    return submit(c, {
      schema: owner,
      act: (draft) => comeIn(deps, c, draft),
      again: (failed) => draw(c, failed),
    })
  })
}

/** Makes the account and signs it in, where nothing has to be proven first. The new person reads in this language. */
async function comeIn(deps: PageDeps, c: Context<Env>, draft: Registration): Promise<string> {
  const { app, address, isLocal } = c.var
  const locale = deps.ui(c).locale
  const user = await register(app, { ...draft, locale, startsInChannel: true }, { address, isLocal, locale })
  const isOwner = user?.role === 'owner'
  if (!isOwner && isMailOn(app))
    return `/check-your-mail?sent=verify&email=${encodeURIComponent(draft.email)}`
  const from = { address, userAgent: c.req.header('user-agent') ?? '' }
  const signedIn = await logIn(app, { email: draft.email, password: draft.password }, from)
  for (const cookie of signInCookies(signedIn, c.env.asker.isHttps))
    c.header('set-cookie', cookie, { append: true })
  // Straight into the first chat, where one can write at once; who was brought into none sees where to look.
  const { data } = await listChats(app, signedIn.user.id, { limit: 1 })
  return data[0] ? `/chats/${data[0].id}` : '/'
}
