/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import { z } from 'zod'
import type { App } from '../platform/context.ts'
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
import { type HistoryBounds, type HistoryPage, loadHistory } from './history.ts'

/** Of a page: one window of the timeline. */
const WINDOW = 60
/** A page has each message twice, and `<&"` five times as long: this much of them can become a megabyte. */
const WINDOW_BYTES = 96 * 1024
/** With more new messages than this, what is read first is not the newest. */
const FAR = 40

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
    loadWindow(app, session.userId, chat, boundsOf(c, focus)),
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

/** The surroundings of a linked message, or a page that was asked for. */
function boundsOf(c: Context<Env>, focus: Id<'message'> | null): Partial<HistoryBounds> {
  if (focus !== null) return { around: focus }
  const before = placeIn(c, 'before')
  return before === undefined ? { after: placeIn(c, 'after') } : { before }
}

const placeIn = (c: Context<Env>, bound: 'before' | 'after'): number | undefined =>
  z.coerce
    .number()
    .pipe(seq)
    .safeParse(c.req.query(bound) ?? 'none').data

/** What was asked for, else the newest; the first unread when that is far, or when what came since is too much for a page. */
async function loadWindow(
  app: App,
  userId: Id<'user'>,
  chat: ChatWire,
  asked: Partial<HistoryBounds>,
): Promise<HistoryPage> {
  const load = (bounds: Partial<HistoryBounds>) =>
    loadHistory(app, userId, { chatId: chat.id as Id<'chat'>, limit: WINDOW, bytes: WINDOW_BYTES, ...bounds })
  if (Object.values(asked).some((bound) => bound !== undefined)) return await load(asked)
  const since = firstUnreadOf(chat)
  if (chat.last_seq - since >= FAR) return await load({ since })
  const newest = await load({})
  const [first] = newest.data
  return first !== undefined && since < first.seq && since <= chat.last_seq ? await load({ since }) : newest
}

function firstUnreadOf({ me, last_seq: lastSeq }: ChatWire): number {
  return me?.unread_from ?? (me?.last_read_seq ?? lastSeq) + 1
}
