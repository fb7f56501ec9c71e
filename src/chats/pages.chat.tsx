/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { refuse } from '../platform/errors.ts'
import type { Env } from '../platform/http/api.ts'
import type { Html } from '../platform/http/form.ts'
import { pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import type { Id } from '../platform/ids.ts'
import { Conversation } from '../../views/chats/Conversation.tsx'
import { chatName } from '../../views/chats/naming.ts'
import type { PageDeps, SignedInPage } from '../../views/deps.ts'
import { Shell } from '../../views/Shell.tsx'
import { hasRole } from '../accounts/index.ts'
import { joinChat } from './join.ts'
import { getChat } from './list.ts'
import { drawDetails } from './pages.about.tsx'
import { mountPanelPages } from './pages.panels.tsx'
import type { ChatWire } from './wire.ts'

/** The living part of a conversation: what was said, and where to say something. Messages stand above chats. */
export type DrawConversation = (
  c: Context<Env>,
  page: SignedInPage & { chat: ChatWire },
) => Promise<{ timeline: Child; composer: Child; unsent?: Child }>

/** One chat as the asker sees it, with everything around it. */
export interface ChatPage extends SignedInPage {
  chat: ChatWire
}

/** What stands beside a chat, and what it is called in the title of the document. */
export interface Beside {
  title: string
  panel: Child
}

/** Draws a chat, with a panel beside it. */
export type DrawChat = (c: Context<Env>, page: ChatPage, beside?: Beside) => Promise<Html>

export const chatIdOf = (c: Context<Env>): Id<'chat'> => pathId<'chat'>('chat').parse(c.req.param('id'))

export function mountChatPages(pages: Hono<Env>, deps: PageDeps, conversation: DrawConversation): void {
  const draw: DrawChat = (c, page, beside) => drawChat(c, page, { conversation, beside })
  pages.get('/chats/:id', async (c) => c.html(await draw(c, await openChat(deps, c))))
  pages.get('/chats/:id/about', async (c) => {
    const page = await openMine(deps, c)
    return c.html(await draw(c, page, await drawDetails(c, page)))
  })
  pages.post('/chats/:id/join', async (c) => {
    const chat = await joinChat(c.var.app, requireSession(c).userId, chatIdOf(c))
    return c.redirect(`/chats/${chat.id}`, 303)
  })
  mountPanelPages(pages, deps, draw)
}

/** The chat of this address, for its members: a form of a higher room that was refused comes back on it. */
export async function drawOpenChat(
  deps: PageDeps,
  c: Context<Env>,
  conversation: DrawConversation,
): Promise<Html> {
  return drawChat(c, await openMine(deps, c), { conversation })
}

/** Refuses `not_found` `chat`. */
export async function openChat(deps: PageDeps, c: Context<Env>): Promise<ChatPage> {
  const page = await deps.signedIn(c)
  return { ...page, chat: await getChat(c.var.app, page.session.userId, chatIdOf(c)) }
}

/** The same for what only members see. */
export async function openMine(deps: PageDeps, c: Context<Env>): Promise<ChatPage> {
  const page = await openChat(deps, c)
  if (!page.chat.me) refuse('forbidden', 'not_member')
  return page
}

interface Around {
  conversation: DrawConversation
  beside?: Beside | undefined
}

async function drawChat(c: Context<Env>, page: ChatPage, { conversation, beside }: Around) {
  const { shell, chat } = page
  const living = chat.me ? await conversation(c, page) : {}
  const name = chatName(shell.ui, chat)
  return (
    <Shell
      {...shell}
      place="chats"
      title={beside === undefined ? name : `${beside.title} · ${name}`}
      view={beside === undefined ? 'chat' : 'panel'}
      openId={chat.id}
      panel={beside?.panel}
    >
      <Conversation ui={shell.ui} chat={chat} mayInvite={hasRole(shell.me.role, 'admin')} {...living} />
    </Shell>
  )
}
