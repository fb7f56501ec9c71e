/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { submit } from '../platform/http/form.ts'
import { CheckYourMail, Forgot, Reset, ResetGone, VerifyEmail } from '../../views/accounts/ByMail.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { forgotPassword, resendVerification } from './askByMail.ts'
import { isMailOn } from './mail.ts'
import { isResetOpen, resetPassword } from './resetPassword.ts'
import { emailInput, newPassword } from './user.ts'
import { verifyEmail } from './verifyEmail.ts'

const token = z.string().min(1).max(200)
const mailbox = z.strictObject({ email: emailInput })
/** A link from elsewhere must not put its own words on this page. */
const shownEmail = emailInput.catch('')
const sent = z.enum(['verify', 'forgot']).catch('verify')

export function mountMailPages(pages: Hono<Env>, deps: PageDeps): void {
  pages.get('/check-your-mail', (c) =>
    c.html(
      <CheckYourMail
        ui={deps.ui(c)}
        email={shownEmail.parse(c.req.query('email') ?? '')}
        sent={sent.parse(c.req.query('sent'))}
      />,
    ),
  )
  pages.get('/forgot-password', (c) => c.html(<Forgot ui={deps.ui(c)} isMailOn={isMailOn(c.var.app)} />))
  pages.post('/forgot-password', (c) => ask(deps, c, 'forgot'))
  pages.post('/resend-verification', (c) => ask(deps, c, 'verify'))
  mountTokenPages(pages, deps)
}

/** Says the same whether there is such an account. */
const ask = (deps: PageDeps, c: Context<Env>, what: 'forgot' | 'verify') =>
  submit(c, {
    schema: mailbox,
    act: async ({ email }) => {
      const from = { address: c.var.address, locale: deps.ui(c).locale }
      await (what === 'forgot' ? forgotPassword : resendVerification)(c.var.app, email, from)
      return `/check-your-mail?sent=${what}&email=${encodeURIComponent(email)}`
    },
    again: (failed) => {
      const ui = deps.ui(c)
      return <Forgot ui={ui} form={formState(ui, failed, ['email'])} isMailOn={isMailOn(c.var.app)} />
    },
  })

/** A link of a mail shows a button: programs that look into mail open every link, and must spend none. */
function mountTokenPages(pages: Hono<Env>, deps: PageDeps): void {
  const tokenOf = (c: Context<Env>) => c.req.query('token') ?? ''
  const sentToken = ({ values }: { values: Record<string, unknown> }) => String(values.token ?? '')
  pages.get('/verify-email', (c) => c.html(<VerifyEmail ui={deps.ui(c)} token={tokenOf(c)} />))
  pages.post('/verify-email', (c) =>
    submit(c, {
      schema: z.strictObject({ token }),
      act: async (input) => {
        await verifyEmail(c.var.app, input.token)
        return '/login?after=verified'
      },
      again: (failed) => {
        const ui = deps.ui(c)
        const told = { ...failed, faults: [], reason: 'token_invalid' }
        return <VerifyEmail ui={ui} token={sentToken(failed)} form={formState(ui, told, [])} />
      },
    }),
  )
  pages.get('/reset-password', async (c) => {
    const given = tokenOf(c)
    const isOpen = await isResetOpen(c.var.app, given)
    if (!isOpen) return c.html(<ResetGone ui={deps.ui(c)} />, 403)
    return c.html(<Reset ui={deps.ui(c)} token={given} />)
  })
  pages.post('/reset-password', (c) =>
    submit(c, {
      schema: z.strictObject({ token, password: newPassword }),
      act: async (input) => {
        await resetPassword(c.var.app, input.token, input.password, deps.ui(c).locale)
        return '/login?after=reset'
      },
      again: (failed) => {
        const ui = deps.ui(c)
        if (failed.reason === 'token_invalid') return <ResetGone ui={ui} />
        return <Reset ui={ui} token={sentToken(failed)} form={formState(ui, failed, ['password'])} />
      },
    }),
  )
}
