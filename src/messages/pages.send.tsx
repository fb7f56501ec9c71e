/** @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { type Html, submit } from '../platform/http/form.ts'
import { pathId } from '../platform/http/routes.ts'
import { requireSession } from '../platform/http/signedIn.ts'
import { clientId, id } from '../platform/schema.ts'
import type { SignedInPage } from '../../views/deps.ts'
import type { ChatWire } from '../chats/index.ts'
import { content, toDraft } from './draft.ts'
import { drawConversation } from './pages.tsx'
import { sendMessage } from './send.ts'

/** A browser ends lines with CR LF. */
const asTyped = (raw: unknown) => (typeof raw === 'string' ? raw.replaceAll('\r\n', '\n') : raw)

const plainMessage = z.strictObject({
  client_id: clientId,
  content: z.preprocess(asTyped, content),
  reply_to: id<'message'>().optional(),
})

/** Draws the page of the chat in the address around its living part. */
type DrawOpenChat = (
  c: Context<Env>,
  conversation: (
    c: Context<Env>,
    page: SignedInPage & { chat: ChatWire },
  ) => Promise<{ timeline: Child; composer: Child; unsent?: Child }>,
) => Promise<Html>

/** Sending by a plain form. With JavaScript the composer sends through the outbox instead. */
export function mountMessagesPages(pages: Hono<Env>, draw: DrawOpenChat): void {
  pages.post('/chats/:id/messages', (c) =>
    submit(c, {
      schema: plainMessage,
      // Nobody writes a long message twice because the node had a bad minute.
      keeps: ['rate_limited', 'unavailable'],
      act: async (sent) => {
        const chatId = pathId<'chat'>('chat').parse(c.req.param('id'))
        await sendMessage(c.var.app, requireSession(c).userId, toDraft(chatId, sent))
        return `/chats/${chatId}`
      },
      again: (failed) => draw(c, (_, page) => drawConversation(c, page, failed)),
    }),
  )
}
