/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import type { Env } from '../platform/http/api.ts'
import { Pinned } from '../../views/chats/Pinned.tsx'
import type { PageDeps } from '../../views/deps.ts'
import { excerptOf } from '../timeline/index.ts'
import { chatIdOf, type DrawChat, openMine } from './pages.chat.tsx'
import { listPinned } from './pinned.ts'

const AT_ONCE = 50

export function mountPinnedPage(pages: Hono<Env>, deps: PageDeps, draw: DrawChat): void {
  pages.get('/chats/:id/pinned', async (c: Context<Env>) => {
    const page = await openMine(deps, c)
    const { session, shell, chat } = page
    const chatId = chatIdOf(c)
    const asked = { chatId, limit: AT_ONCE, cursor: c.req.query('cursor') }
    const { data, page: part } = await listPinned(c.var.app, session.userId, asked)
    const messages = data.map((message) => ({ ...message, content: excerptOf(message.content) }))
    const nextUrl = part.next === null ? {} : { nextUrl: `/chats/${chatId}/pinned?cursor=${part.next}` }
    const panel = <Pinned ui={shell.ui} chat={chat} messages={messages} {...nextUrl} />
    return c.html(await draw(c, page, { title: shell.ui.t.pinned.title, panel }))
  })
}
