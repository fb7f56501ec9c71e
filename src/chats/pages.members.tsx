/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { refuse } from '../platform/errors.ts'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { Id } from '../platform/ids.ts'
import { Members, mayAdd } from '../../views/chats/Members.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { findStatuses, findUserByUsername, listPeople, type PersonWire } from '../accounts/index.ts'
import { addMember } from './addMember.ts'
import { listMembers } from './members.ts'
import { chatIdOf, type DrawChat, openMine } from './pages.chat.tsx'
import { removeMember } from './removeMember.ts'
import { setMemberRole } from './setMemberRole.ts'
import { CHAT_ROLES, type MemberWire } from './wire.ts'

/** As people write a name: with or without the sign, in whatever case. */
const username = z
  .string()
  .max(100)
  .transform((raw) => raw.trim().replace(/^@/, '').toLowerCase())
const addForm = z.strictObject({ username: username.pipe(z.string().min(1)) })
const roleForm = z.strictObject({ role: z.enum(CHAT_ROLES) })
const nothing = z.strictObject({})

const memberIdOf = (c: Context<Env>) => pathId<'user'>('member').parse(c.req.param('user_id'))
const membersUrl = (c: Context<Env>) => `/chats/${chatIdOf(c)}/members`

export function mountMemberPages(pages: Hono<Env>, deps: PageDeps, draw: DrawChat): void {
  const again = (c: Context<Env>, failed: Failed, userId?: string) =>
    drawMembers(deps, c, { draw, failed, userId })
  pages.get('/chats/:id/members', async (c) => c.html(await drawMembers(deps, c, { draw })))
  pages.post('/chats/:id/members', (c) =>
    submit(c, {
      schema: addForm,
      act: async ({ username: name }) => {
        const user = (await findUserByUsername(c.var.app.db.read, name)) ?? refuse('not_found', 'user')
        await addMember(c.var.app, requireSession(c).userId, { chatId: chatIdOf(c), userId: user.id })
        return membersUrl(c)
      },
      // Who can't see the chat gets its `not_found` here, whatever name they tried.
      again: (failed) => again(c, failed),
    }),
  )
  pages.post('/chats/:id/members/:user_id/role', (c) =>
    submit(c, {
      schema: roleForm,
      act: async ({ role }) => {
        const change = { chatId: chatIdOf(c), userId: memberIdOf(c), role }
        await setMemberRole(c.var.app, requireSession(c).userId, change)
        return membersUrl(c)
      },
      again: (failed) => again(c, failed, memberIdOf(c)),
    }),
  )
  pages.post('/chats/:id/members/:user_id/remove', (c) =>
    submit(c, {
      schema: nothing,
      act: async () => {
        const one = { chatId: chatIdOf(c), userId: memberIdOf(c) }
        await removeMember(c.var.app, requireSession(c).userId, one)
        return membersUrl(c)
      },
      again: (failed) => again(c, failed, memberIdOf(c)),
    }),
  )
}

interface Drawing {
  draw: DrawChat
  failed?: Failed
  /** Whose row was refused; none: the form that adds. */
  userId?: string | undefined
}

async function drawMembers(deps: PageDeps, c: Context<Env>, { draw, failed, userId }: Drawing) {
  const page = await openMine(deps, c)
  const { session, shell, chat } = page
  const paging = { chatId: chatIdOf(c), limit: 100, cursor: c.req.query('cursor') }
  const members = await listMembers(c.var.app, session.userId, paging)
  const next = members.page.next
  const form = failed && formState(shell.ui, failed, ['username'])
  const panel = (
    <Members
      ui={shell.ui}
      chat={chat}
      members={members.data}
      meId={session.userId}
      statuses={await findStatuses(c.var.app.db.read, idsOf(members.data))}
      {...(mayAdd({ chat }) ? { candidates: await findCandidates(c, members.data) } : {})}
      {...(next ? { nextUrl: `${membersUrl(c)}?cursor=${encodeURIComponent(next)}` } : {})}
      {...(form && userId ? { refused: { userId, form } } : {})}
      {...(form && !userId ? { add: form } : {})}
    />
  )
  return draw(c, page, { title: shell.ui.t.membersPanel.title, panel })
}

const idsOf = (members: readonly MemberWire[]) => members.map(({ user }) => user.id as Id<'user'>)

const CANDIDATES = 100

/** The first of those who could come in: what a small team needs to choose from. */
async function findCandidates(c: Context<Env>, members: readonly MemberWire[]): Promise<PersonWire[]> {
  const { userId } = requireSession(c)
  const { data } = await listPeople(c.var.app, userId, { limit: CANDIDATES })
  const inside = new Set<string>(members.map(({ user }) => user.id))
  return data.filter(({ id, is_active: isActive }) => isActive && !inside.has(id))
}
