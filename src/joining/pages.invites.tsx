/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { id } from '../platform/schema.ts'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { INVITED_ROLES, Invites } from '../../views/settings/Invites.tsx'
import { findSenders, mailOrigin } from '../accounts/index.ts'
import type { ChatWire } from '../chats/index.ts'
import { createInvite } from './createInvite.ts'
import { inviteToWire, isOnlyHere } from './invite.ts'
import { listInvites, revokeInvite } from './invites.ts'

const AT = '/people/invites'
const DAY_S = 24 * 3600

const inviteForm = z.strictObject({
  role: z.enum(INVITED_ROLES),
  max_uses: z.union([z.literal('').transform(() => null), z.coerce.number().int().min(1).max(100_000)]),
  days: z.coerce.number().int().min(1).max(365),
  chat_ids: z.array(id<'chat'>()).max(100),
})

export function mountInvitePages(pages: Hono<Env>, deps: PageDeps): void {
  pages.get(AT, async (c) => c.html(await drawInvites(deps, c)))
  pages.post(AT, (c) =>
    submit(c, {
      schema: inviteForm,
      lists: ['chat_ids'],
      act: async ({ days, ...draft }) => {
        const { userId } = requireSession(c)
        const { code } = await createInvite(c.var.app, userId, { ...draft, expires_in_s: days * DAY_S })
        return `${AT}?made=${encodeURIComponent(code)}`
      },
      again: (failed) => drawInvites(deps, c, failed),
    }),
  )
  pages.post(`${AT}/:code/revoke`, async (c) => {
    await revokeInvite(c.var.app, requireSession(c).userId, c.req.param('code'))
    return c.redirect(AT, 303)
  })
}

/** Into which chats somebody may be brought by whom: the rule of adding a member. */
const isOpenTo = ({ kind, visibility, me, archived_at: archived }: ChatWire): boolean =>
  archived === null &&
  (kind === 'group' || (kind === 'channel' && (visibility === 'public' || me?.role !== 'member')))

async function drawInvites(deps: PageDeps, c: Context<Env>, failed?: Failed) {
  const { session, shell } = await deps.signedIn(c)
  const { app } = c.var
  const origin = c.var.origin ?? mailOrigin(app.config)
  const { invites } = await listInvites(app, session.userId, { limit: 100 })
  const working = invites.filter(({ max_uses: most, uses }) => most === null || uses < most)
  const shown = working.map((invite) => inviteToWire(invite, origin))
  const makers = await findSenders(app.db.read, [...new Set(working.map((invite) => invite.created_by))])
  const open = shell.chats.filter(isOpenTo)
  // The chat that somebody comes from, else the oldest public channel.
  const from = open.find(({ id }) => id === c.req.query('chat'))
  const chosen = from ?? open.find(({ visibility }) => visibility === 'public')
  return (
    <Invites
      shell={shell}
      invites={shown}
      names={new Map([...makers].map(([maker, person]) => [maker, person.full_name || person.username]))}
      open={open}
      isOnlyHere={isOnlyHere(origin)}
      chosen={chosen}
      made={shown.find(({ code }) => code === c.req.query('made'))}
      {...(failed ? { form: formState(shell.ui, failed, []) } : {})}
    />
  )
}
