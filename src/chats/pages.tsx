/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { type Id, isUuid, newId } from '../platform/ids.ts'
import { clientId, id, line, name } from '../platform/schema.ts'
import { CreateChat, type NewKind } from '../../views/chats/CreateChat.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { findPerson, isSetUp, listPeople, type PersonWire } from '../accounts/index.ts'
import { createChat } from './create.ts'
import { type DrawConversation, mountChatPages } from './pages.chat.tsx'
import { drawChannels, drawRest } from './pages.lists.tsx'

const kinds = z.enum(['direct', 'group', 'channel'])

/** An empty field of a form is no field of a chat. */
const emptyIsNone = (value: unknown) => (value === '' ? undefined : value)
const newChat = z.strictObject({
  kind: kinds,
  visibility: z.enum(['private', 'public']).optional(),
  name: z.preprocess(emptyIsNone, name(80, 1).optional()),
  topic: line(250).optional(),
  member_ids: z.array(id<'user'>()).max(1000),
  client_id: clientId.optional(),
})

/** The list, making and finding chats; one chat with its panels, whose living part a higher room draws. */
export function mountChatsPages(pages: Hono<Env>, deps: PageDeps, conversation: DrawConversation): void {
  pages.get('/', async (c) => {
    if (c.var.session === null && !(await isSetUp(c.var.app.db.read))) return c.redirect('/setup', 303)
    return c.html(drawRest(await deps.signedIn(c)))
  })
  pages.get('/channels', async (c) => c.html(await drawChannels(deps, c)))
  pages.get('/chats/new', async (c) => c.html(await drawCreate(deps, c)))
  pages.post('/chats', (c) =>
    submit(c, {
      schema: newChat,
      lists: ['member_ids'],
      act: async ({ member_ids: memberIds, client_id, ...draft }) => {
        const { chat } = await createChat(c.var.app, requireSession(c).userId, {
          ...draft,
          memberIds,
          clientId: client_id,
        })
        return `/chats/${chat.id}`
      },
      again: (failed) => drawCreate(deps, c, failed),
    }),
  )
  mountChatPages(pages, deps, conversation)
}

async function drawCreate(deps: PageDeps, c: Context<Env>, failed?: Failed) {
  const { session, shell } = await deps.signedIn(c)
  const asked = failed?.values.kind ?? c.req.query('kind')
  const kind: NewKind = kinds.catch('direct').parse(asked)
  const query = line(100)
    .catch('')
    .parse(c.req.query('query') ?? '')
  const chosen = failed ? failed.values.member_ids : c.req.queries('member_ids')
  const picked = kind === 'group' && Array.isArray(chosen) ? chosen.filter(isUuid).slice(0, MOST_PICKED) : []
  const people = kind === 'channel' ? [] : await findPeople(c, { query, picked, meId: session.userId })
  return (
    <CreateChat
      shell={shell}
      kind={kind}
      clientId={clientId.catch(newId<'client'>()).parse(failed?.values.client_id)}
      people={people}
      query={query}
      chosen={picked}
      visibility={failed?.values.visibility === 'public' ? 'public' : 'private'}
      {...(failed ? { form: formState(shell.ui, failed, ['name', 'topic']) } : {})}
    />
  )
}

/** While one looks for the next, those who are picked stay in sight. */
const MOST_PICKED = 50

interface Looking {
  query: string
  picked: readonly string[]
  meId: Id<'user'>
}

async function findPeople(c: Context<Env>, { query, picked, meId }: Looking): Promise<PersonWire[]> {
  const { app } = c.var
  const kept = await Promise.all(picked.map((userId) => findPerson(app, meId, userId as Id<'user'>)))
  const { data } = await listPeople(app, meId, { query, limit: 50 })
  const found = data.filter(({ id: userId }) => userId !== meId && !picked.includes(userId))
  return [...kept, ...found].filter(({ is_active: isActive }) => isActive)
}
