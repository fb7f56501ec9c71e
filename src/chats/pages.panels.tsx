/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { refuse } from '../platform/errors.ts'
import type { Env } from '../platform/http/api.ts'
import { type Failed, submit } from '../platform/http/form.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { line, name } from '../platform/schema.ts'
import { ChatSettings } from '../../views/chats/ChatSettings.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { changeChat } from './change.ts'
import { deleteChat } from './delete.ts'
import { leaveChat } from './leave.ts'
import { drawDetails } from './pages.about.tsx'
import { type Beside, type ChatPage, chatIdOf, type DrawChat, openMine } from './pages.chat.tsx'
import { mountMemberPages } from './pages.members.tsx'
import { mountPinnedPage } from './pages.pinned.tsx'

/** A group may have no name; a form sends an empty one. */
const settingsForm = z.strictObject({
  name: z.preprocess((value) => (value === '' ? undefined : value), name(80, 1).optional()),
  topic: line(250),
  visibility: z.enum(['private', 'public']).optional(),
})
const nothing = z.strictObject({})
const sure = z.strictObject({ sure: z.literal('yes') })

export function mountPanelPages(pages: Hono<Env>, deps: PageDeps, draw: DrawChat): void {
  const asker = (c: Context<Env>) => requireSession(c).userId
  const settings = async (c: Context<Env>, said: Said = {}) => {
    const page = await openMine(deps, c)
    return draw(c, page, drawSettings(page, said))
  }
  pages.get('/chats/:id/settings', async (c) => c.html(await settings(c)))
  pages.post('/chats/:id/settings', (c) =>
    submit(c, {
      schema: settingsForm,
      act: async (change) => {
        const { id } = await changeChat(c.var.app, asker(c), { chatId: chatIdOf(c), ...change })
        return `/chats/${id}/about`
      },
      again: (failed) => settings(c, { change: failed }),
    }),
  )
  for (const word of ['archive', 'unarchive'] as const)
    pages.post(`/chats/:id/${word}`, (c) =>
      submit(c, {
        schema: nothing,
        act: async () => {
          const { id } = await changeChat(c.var.app, asker(c), {
            chatId: chatIdOf(c),
            archived: word === 'archive',
          })
          return `/chats/${id}/settings`
        },
        again: (failed) => settings(c, { archive: failed }),
      }),
    )
  pages.post('/chats/:id/delete', (c) =>
    submit(c, {
      schema: sure,
      act: async () => {
        await deleteChat(c.var.app, asker(c), chatIdOf(c))
        return '/'
      },
      again: (failed) => settings(c, { delete: failed }),
    }),
  )
  pages.post('/chats/:id/leave', (c) =>
    submit(c, {
      schema: nothing,
      act: async () => {
        await leaveChat(c.var.app, asker(c), chatIdOf(c))
        return '/'
      },
      again: async (failed) => {
        const page = await openMine(deps, c)
        return draw(c, page, await drawDetails(c, page, formState(page.shell.ui, failed, [])))
      },
    }),
  )
  mountMemberPages(pages, deps, draw)
  mountPinnedPage(pages, deps, draw)
}

interface Said {
  change?: Failed
  archive?: Failed
  delete?: Failed
}

/** A direct chat has nothing to set, and who may not set anything is not shown how. */
function drawSettings({ shell, chat }: ChatPage, said: Said): Beside {
  const { ui, me } = shell
  const role = chat.me?.role ?? 'member'
  if (chat.kind === 'direct' || role === 'member') refuse('forbidden', 'chat_role')
  const what = said.archive ? 'archive' : 'delete'
  const failed = said.archive ?? said.delete
  const panel = (
    <ChatSettings
      ui={ui}
      chat={chat}
      mayDelete={role === 'owner' || me.role === 'owner'}
      {...(said.change ? { form: formState(ui, said.change, ['name', 'topic']) } : {})}
      {...(failed ? { refused: { what, form: formState(ui, failed, []) } as const } : {})}
    />
  )
  return { title: ui.t.chatSettings.title, panel }
}
