/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import type { Env } from '../platform/http/api.ts'
import type { Id } from '../platform/ids.ts'
import { ChatDetails } from '../../views/chats/About.tsx'
import type { FormState } from '../../views/Ui.ts'
import { findPerson } from '../accounts/index.ts'
import type { Beside, ChatPage } from './pages.chat.tsx'
import { chatIdOf } from './pages.chat.tsx'
import { countPins } from './pinned.ts'

/** What the chat is; `form` is what was wrong when the asker wanted to leave. */
export async function drawDetails(c: Context<Env>, page: ChatPage, form?: FormState): Promise<Beside> {
  const { session, shell, chat } = page
  const { ui } = shell
  const pins = await countPins(c.var.app, session.userId, chatIdOf(c))
  const face = chat.kind === 'direct' ? chat.faces?.[0] : undefined
  const other = face && (await findPerson(c.var.app, session.userId, face.id as Id<'user'>))
  const panel = (
    <ChatDetails ui={ui} chat={chat} pins={pins} {...(other ? { other } : {})} {...(form ? { form } : {})} />
  )
  return { title: ui.t.about.title, panel }
}
