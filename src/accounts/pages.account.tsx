/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { submit } from '../platform/http/form.ts'
import { pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { Account, type PasswordName } from '../../views/settings/Account.tsx'
import type { FormState } from '../../views/Ui.ts'
import { changePassword } from './changePassword.ts'
import { endOtherSessions, endSession } from './endSessions.ts'
import { listSessions } from './listSessions.ts'
import { givenPassword, newPassword } from './user.ts'

const passwords = z.strictObject({ current_password: givenPassword, new_password: newPassword })
const AT = '/settings/account'

export function mountAccountPages(pages: Hono<Env>, deps: PageDeps): void {
  pages.get(AT, async (c) => c.html(await drawAccount(deps, c)))
  pages.post(`${AT}/password`, (c) =>
    submit(c, {
      schema: passwords,
      act: async ({ current_password: current, new_password: next }) => {
        await changePassword(c.var.app, requireSession(c), { current, next, asked: deps.ui(c).locale })
        return `${AT}?changed`
      },
      again: (failed) =>
        drawAccount(deps, c, (ui) => formState(ui, failed, ['current_password', 'new_password'])),
    }),
  )
  pages.post(`${AT}/sessions/end-others`, async (c) => {
    await endOtherSessions(c.var.app, requireSession(c))
    return c.redirect(AT, 303)
  })
  pages.post(`${AT}/sessions/:id/end`, async (c) => {
    const id = pathId<'session'>('session').parse(c.req.param('id'))
    await endSession(c.var.app, requireSession(c).userId, id)
    return c.redirect(AT, 303)
  })
}

type Said = (ui: Awaited<ReturnType<PageDeps['signedIn']>>['shell']['ui']) => FormState<PasswordName>

async function drawAccount(deps: PageDeps, c: Context<Env>, said?: Said) {
  const { session, shell } = await deps.signedIn(c)
  const { data, page } = await listSessions(c.var.app, session, { limit: 50, cursor: c.req.query('cursor') })
  return (
    <Account
      shell={shell}
      sessions={data}
      {...(page.next ? { nextUrl: `${AT}?cursor=${encodeURIComponent(page.next)}` } : {})}
      {...(said ? { form: said(shell.ui) } : {})}
      isChanged={c.req.query('changed') !== undefined}
    />
  )
}
