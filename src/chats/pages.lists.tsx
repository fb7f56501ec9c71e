/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import { z } from 'zod'
import type { Env } from '../platform/http/api.ts'
import { line } from '../platform/schema.ts'
import { CHANNEL_TABS, Channels } from '../../views/chats/Channels.tsx'
import { chatName } from '../../views/chats/naming.ts'
import { Rest } from '../../views/chats/Rest.tsx'
import type { PageDeps, SignedInPage } from '../../views/deps.ts'
import { Shell } from '../../views/Shell.tsx'
import { listChannels } from './channels.ts'
import { foldName } from './chat.ts'
import type { ChatWire } from './wire.ts'

const looked = line(80).catch('')

/** No chat is open: a phone shows the list, a desk shows something kind. */
export const drawRest = ({ shell }: SignedInPage) => (
  <Shell {...shell} place="chats" title={shell.ui.t.nav.chats} view="list">
    <Rest ui={shell.ui} hasChats={shell.chats.length > 0} isGuest={shell.me.role === 'guest'} />
  </Shell>
)

const shows = z.enum(CHANNEL_TABS).catch('all')

export async function drawChannels(deps: PageDeps, c: Context<Env>) {
  const { session, shell } = await deps.signedIn(c)
  const query = looked.parse(c.req.query('query') ?? '')
  const show = shows.parse(c.req.query('show'))
  const cursor = c.req.query('cursor')
  const mine = cursor === undefined && show !== 'all' ? mineOf(shell, { show, query }) : []
  const asked = { query, isArchived: show === 'archived', limit: 50, cursor }
  const { data, page } = show === 'mine' ? NONE : await listChannels(c.var.app, session.userId, asked)
  const others = show === 'archived' ? data.filter(({ me }) => !me) : data
  const next = new URLSearchParams({ show, query, cursor: page.next ?? '' })
  return (
    <Channels
      shell={shell}
      show={show}
      channels={[...mine, ...others]}
      query={query}
      {...(page.next ? { nextUrl: `/channels?${next}` } : {})}
    />
  )
}

const NONE = { data: [], page: { next: null } }

interface Looked {
  show: 'mine' | 'archived'
  query: string
}

/** What one is in oneself, private ones too: the channels at work, or all that was put away, by name. */
function mineOf({ ui, chats }: SignedInPage['shell'], { show, query }: Looked): ChatWire[] {
  const nameOf = (chat: ChatWire) => foldName(chatName(ui, chat))
  return chats
    .filter(({ kind, archived_at: archived }) =>
      show === 'mine' ? kind === 'channel' && !archived : archived,
    )
    .filter((chat) => nameOf(chat).includes(foldName(query)))
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other)))
}
