/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import type { Failed } from '../platform/http/form.ts'
import { type Id, newId } from '../platform/ids.ts'
import { clientId, id, seq } from '../platform/schema.ts'
import { Unsent } from '../../views/chats/Unsent.tsx'
import type { SignedInPage } from '../../views/deps.ts'
import { formState } from '../../views/formState.ts'
import { Island } from '../../views/Island.tsx'
import { placeOf } from '../../views/place.ts'
import type { Ui } from '../../views/Ui.ts'
import { type ChatWire, listMembers } from '../chats/index.ts'
import { type HistoryBounds, loadHistory } from './history.ts'

/** Of a page: one window of the timeline. */
const WINDOW = 60
/** So much of what was read before stands above the first unread message. */
const READ_ABOVE = 20

/** What was said in a chat, and where to say something: for the page that chats draws around it. */
export async function drawConversation(
  c: Context<Env>,
  { session, shell, chat }: SignedInPage & { chat: ChatWire },
  failed?: Failed,
) {
  const chatId = chat.id as Id<'chat'>
  const { app } = c.var
  const focus = id<'message'>().safeParse(c.req.query('message')).data ?? null
  const [page, members] = await Promise.all([
    loadHistory(app, session.userId, { chatId, ...boundsOf(c, chat, focus) }),
    listMembers(app, session.userId, { chatId, limit: 100 }),
  ])
  const shared = { place: placeOf(shell.ui, shell.me), chat, members: members.data }
  const refused = failed && whatCameBack(shell.ui, failed)
  const writing = { ...shared, clientId: clientIdFor(failed), ...(refused ? { refused } : {}) }
  return {
    timeline: <Island name="Timeline" class="timeline-island" props={{ ...shared, page, focus }} />,
    composer: <Island name="Composer" props={writing} />,
    ...(refused ? { unsent: <Unsent ui={shell.ui} {...refused} /> } : {}),
  }
}

/** The text of a plain form that was refused, and the reason in words. */
function whatCameBack(ui: Ui, failed: Failed): { text: string; why: string } {
  const { values = {}, wrong = {}, refused } = formState(ui, failed, ['content'])
  const text = (values.content ?? '').replaceAll('\r\n', '\n')
  return { text, why: wrong.content ?? refused ?? ui.t.wrong.general }
}

/** Sent once more it is the same message, should it be on disk after all; unless that is what was wrong. */
function clientIdFor(failed: Failed | undefined): string {
  const fresh = newId<'client'>()
  return failed?.reason === 'client_id_taken' ? fresh : clientId.catch(fresh).parse(failed?.values.client_id)
}

/** The surroundings of a linked message, a page that was asked for, the first unread when it is far, else the newest. */
function boundsOf(c: Context<Env>, chat: ChatWire, focus: Id<'message'> | null): HistoryBounds {
  if (focus !== null) return { limit: WINDOW, around: focus }
  const before = z.coerce
    .number()
    .pipe(seq)
    .safeParse(c.req.query('before') ?? 'none').data
  if (before !== undefined) return { limit: WINDOW, before }
  const after = z.coerce
    .number()
    .pipe(seq)
    .safeParse(c.req.query('after') ?? 'none').data
  if (after !== undefined) return { limit: WINDOW, after }
  const lastRead =
    chat.me?.unread_from != null ? chat.me.unread_from - 1 : (chat.me?.last_read_seq ?? chat.last_seq)
  const isFar = chat.last_seq - lastRead > WINDOW - READ_ABOVE
  return isFar ? { limit: WINDOW, after: Math.max(0, lastRead - READ_ABOVE) } : { limit: WINDOW }
}
