/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { Refusal } from '../platform/errors.ts'
import type { Env } from '../platform/http/api.ts'
import { type Failed, pathOrHome, submit } from '../platform/http/form.ts'
import { SignIn } from '../../views/accounts/SignIn.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { signInCookies, signOutCookies } from './cookies.ts'
import { isSetUp } from './createUser.ts'
import { logOut } from './endSessions.ts'
import { logIn } from './logIn.ts'
import { emailInput, givenPassword } from './user.ts'

const AFTER = ['reset', 'verified', 'signedOut', 'ended'] as const
const after = z.enum(AFTER).optional().catch(undefined)

const credentials = z.strictObject({
  email: emailInput,
  password: givenPassword,
  next: z.string().max(2000).optional(),
})
const language = z.strictObject({ locale: z.enum(['en', 'ru']), back: z.string().max(2000).optional() })

const YEAR_S = 31_536_000

export function mountDoorPages(pages: Hono<Env>, deps: PageDeps): void {
  pages.get('/login', async (c) => {
    if (!(await isSetUp(c.var.app.db.read))) return c.redirect('/setup', 303)
    if (c.var.session) return c.redirect('/', 303)
    return c.html(<SignIn ui={deps.ui(c)} {...nextOf(c)} {...afterOf(c)} isOpen={isOpen(c)} />)
  })
  pages.post('/login', (c) =>
    submit(c, {
      schema: credentials,
      act: async ({ next, ...draft }) => {
        const from = { address: c.var.address, userAgent: c.req.header('user-agent') ?? '' }
        const signedIn = await logIn(c.var.app, draft, from)
        // Whose tokens this browser forgets now, nobody else shall find and use.
        await leave(c)
        setCookies(c, signInCookies(signedIn, c.env.asker.isHttps))
        return pathOrHome(next)
      },
      again: (failed) => signInAgain(deps, c, failed),
    }),
  )
  pages.post('/logout', async (c) => {
    if (c.var.session) await leave(c)
    setCookies(c, signOutCookies(c.env.asker.isHttps))
    return c.redirect('/login?after=signedOut', 303)
  })
  pages.post('/language', (c) =>
    submit(c, {
      schema: language,
      act: async ({ locale, back }) => {
        setCookies(c, [preference('locale', locale)])
        return pathOrHome(back)
      },
      again: () => refuseLanguage(),
    }),
  )
}

const isOpen = (c: Context<Env>): boolean => c.var.app.config.registration === 'open'

function nextOf(c: Context<Env>): { next?: string } {
  const next = c.req.query('next')
  return next === undefined ? {} : { next: pathOrHome(next) }
}

function afterOf(c: Context<Env>): { after?: (typeof AFTER)[number] } {
  const said = after.parse(c.req.query('after'))
  return said === undefined ? {} : { after: said }
}

function signInAgain(deps: PageDeps, c: Context<Env>, failed: Failed) {
  const ui = deps.ui(c)
  // A form that can't be an account at all is told what a wrong password is told.
  const told = failed.reason === null ? { ...failed, faults: [], reason: 'credentials' } : failed
  const { next } = failed.values
  return (
    <SignIn
      ui={ui}
      form={formState(ui, told, ['email', 'password'])}
      {...(typeof next === 'string' ? { next: pathOrHome(next) } : {})}
      isUnverified={failed.reason === 'email_unverified'}
      isOpen={isOpen(c)}
    />
  )
}

/** A session that is over already is as good as signed out. */
async function leave(c: Context<Env>): Promise<void> {
  try {
    if (c.var.session) await logOut(c.var.app, c.var.session)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'unauthenticated') throw error
  }
}

const refuseLanguage = (): never => {
  throw new Refusal('invalid', 'input')
}

export const setCookies = (c: Context<Env>, cookies: readonly string[]): void => {
  for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
}

/** How somebody likes things: no secret, and kept in this browser only. */
export const preference = (name: 'theme' | 'density' | 'locale', value: string): string =>
  `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${value === '' ? 0 : YEAR_S}; SameSite=Lax`
