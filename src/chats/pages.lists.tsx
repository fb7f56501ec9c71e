/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import type { Env } from '../platform/http/api.ts'
import { line } from '../platform/schema.ts'
import { Channels } from '../../views/chats/Channels.tsx'
import { Rest } from '../../views/chats/Rest.tsx'
import type { PageDeps, SignedInPage } from '../../views/deps.ts'
import { Shell } from '../../views/Shell.tsx'
import { listChannels } from './channels.ts'

const looked = line(80).catch('')

/** No chat is open: a phone shows the list, a desk shows something kind. */
export const drawRest = ({ shell }: SignedInPage) => (
  <Shell {...shell} place="chats" title={shell.ui.t.nav.chats} view="list">
    <Rest ui={shell.ui} hasChats={shell.chats.length > 0} isGuest={shell.me.role === 'guest'} />
  </Shell>
)

export async function drawChannels(deps: PageDeps, c: Context<Env>) {
  const { session, shell } = await deps.signedIn(c)
  const query = looked.parse(c.req.query('query') ?? '')
  const asked = { query, limit: 50, cursor: c.req.query('cursor') }
  const { data, page } = await listChannels(c.var.app, session.userId, asked)
  const next = new URLSearchParams({ query, cursor: page.next ?? '' })
  return (
    <Channels
      shell={shell}
      channels={data}
      query={query}
      {...(page.next ? { nextUrl: `/channels?${next}` } : {})}
    />
  )
}
