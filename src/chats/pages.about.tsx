/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import type { Env } from '../platform/http/api.ts'
import { ChatDetails } from '../../views/chats/About.tsx'
import type { FormState } from '../../views/Ui.ts'
import type { Beside, ChatPage } from './pages.chat.tsx'
import { chatIdOf } from './pages.chat.tsx'
import { countPins } from './pinned.ts'

/** What the chat is; `form` is what was wrong when the asker wanted to leave. */
export async function drawDetails(c: Context<Env>, page: ChatPage, form?: FormState): Promise<Beside> {
  const { session, shell, chat } = page
  const { ui } = shell
  const pins = await countPins(c.var.app, session.userId, chatIdOf(c))
  const panel = <ChatDetails ui={ui} chat={chat} pins={pins} {...(form ? { form } : {})} />
  return { title: ui.t.about.title, panel }
}
