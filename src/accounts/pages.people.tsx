/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { line } from '../platform/schema.ts'
import type { PageDeps, SignedInPage } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { People } from '../../views/settings/People.tsx'
import { createResetLink } from './createResetLink.ts'
import { findPerson, listPeople } from './people.ts'
import { setStanding } from './setStanding.ts'
import { roleInput } from './user.ts'

/** One form sets the role, the other lets in or out: each sends its own field. */
const standing = z.strictObject({ role: roleInput.optional(), is_active: z.enum(['yes', 'no']).optional() })
const looked = line(100).catch('')

export function mountPeoplePages(pages: Hono<Env>, deps: PageDeps): void {
  pages.get('/people', async (c) => c.html(await drawPeople(deps, c)))
  pages.post('/people/:id/reset-link', async (c) => c.html(await giveResetLink(deps, c)))
  pages.post('/people/:id/standing', (c) => {
    const userId = pathId<'user'>('user').parse(c.req.param('id'))
    return submit(c, {
      schema: standing,
      act: async ({ role, is_active: active }) => {
        const change = { userId, role, is_active: active === undefined ? undefined : active === 'yes' }
        await setStanding(c.var.app, requireSession(c).userId, change)
        return '/people'
      },
      again: (failed) => drawRefused(deps, c, userId, failed),
    })
  })
}

/** Answered at once and not by 303: the link must not stand in an address, where history and logs would keep it. */
async function giveResetLink(deps: PageDeps, c: Context<Env>) {
  const { session, shell } = await deps.signedIn(c)
  const userId = pathId<'user'>('user').parse(c.req.param('id'))
  const url = await createResetLink(c.var.app, session.userId, userId)
  const person = await findPerson(c.var.app, session.userId, userId)
  const { data, page } = await listPeople(c.var.app, session.userId, { limit: AT_ONCE })
  const people = data.some(({ id }) => id === userId) ? data : [person, ...data]
  const resetLink = { userId, name: person.full_name || person.username, url }
  return (
    <People shell={atPeople(shell)} people={people} query="" {...nextOf(page.next)} resetLink={resetLink} />
  )
}

/** What a form answers is the list itself: its place in the navigation, and what is loaded again, is the list's. */
const atPeople = (shell: SignedInPage['shell']) => ({ ...shell, ui: { ...shell.ui, path: '/people' } })

const AT_ONCE = 50

const nextOf = (cursor: string | null, query = '') =>
  cursor === null ? {} : { nextUrl: `/people?${new URLSearchParams({ query, cursor })}` }

async function drawPeople(deps: PageDeps, c: Context<Env>) {
  const { session, shell } = await deps.signedIn(c)
  const query = looked.parse(c.req.query('query') ?? '')
  const asked = { query, limit: AT_ONCE, cursor: c.req.query('cursor') }
  const { data, page } = await listPeople(c.var.app, session.userId, asked)
  return <People shell={shell} people={data} query={query} {...nextOf(page.next, query)} />
}

/** Only the row that was asked for: it says what was wrong with it. */
async function drawRefused(deps: PageDeps, c: Context<Env>, userId: string, failed: Failed) {
  const { session, shell } = await deps.signedIn(c)
  const person = await findPerson(c.var.app, session.userId, pathId<'user'>('user').parse(userId))
  const refused = { userId, form: formState(shell.ui, failed, []) }
  return <People shell={atPeople(shell)} people={[person]} query="" refused={refused} />
}
