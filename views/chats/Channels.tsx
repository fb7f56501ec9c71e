/** @jsxImportSource hono/jsx */
import type { ChatWire } from '../../src/chats/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { find, more, send } from '../links.ts'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { Ui } from '../Ui.ts'
import { chatName, signOf } from './naming.ts'

export const CHANNEL_TABS = ['all', 'mine', 'archived'] as const
type Tab = (typeof CHANNEL_TABS)[number]

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  channels: readonly ChatWire[]
  show?: Tab
  query: string
  nextUrl?: string | undefined
}

/** The public channels, joined or not; what one is in oneself; what was put away. */
export const Channels = ({ shell, channels, show = 'all', query, nextUrl }: Props) => {
  const { ui } = shell
  const { t } = ui
  return (
    <Page
      {...shell}
      place="channels"
      title={t.channels.title}
      lead={t.channels.lead}
      act={
        <Go class="button primary" to="/chats/new?kind=channel">
          <Icon ui={ui} name="plus" />
          {t.sidebar.newChannel}
        </Go>
      }
    >
      <Tabs ui={ui} show={show} query={query} />
      <form {...find('/channels', 'channels')}>
        {show !== 'all' && <input type="hidden" name="show" value={show} />}
        <div class="field">
          <Icon ui={ui} name="search" />
          <input
            type="search"
            name="query"
            value={query}
            placeholder={t.channels.find}
            aria-label={t.channels.find}
            dir="auto"
          />
        </div>
      </form>
      <ul class="listing" id="channels">
        {channels.map((chat) => (
          <Channel ui={ui} chat={chat} />
        ))}
        {channels.length === 0 && <li class="faint">{query ? t.channels.none : t.channels.empty[show]}</li>}
        {nextUrl && (
          <li class="more">
            <a class="button small" {...more(nextUrl, 'channels')}>
              {t.channels.more}
            </a>
          </li>
        )}
      </ul>
    </Page>
  )
}

/** Where the list is asked for; what was looked for stays. */
const atTab = (show: Tab, query: string): string => {
  const asked = new URLSearchParams({ ...(show === 'all' ? {} : { show }), ...(query ? { query } : {}) })
  return asked.size === 0 ? '/channels' : `/channels?${asked}`
}

const Tabs = ({ ui, show, query }: { ui: Ui; show: Tab; query: string }) => (
  <nav class="tabs" aria-label={ui.t.channels.title}>
    {CHANNEL_TABS.map((tab) => (
      <Go class="tab" to={atTab(tab, query)} {...(tab === show ? { 'aria-current': 'page' as const } : {})}>
        {ui.t.channels.tabs[tab]}
      </Go>
    ))}
  </nav>
)

const Channel = ({ ui, chat }: { ui: Ui; chat: ChatWire }) => {
  const { channels, chat: words, members } = ui.t
  const name = chatName(ui, chat)
  return (
    <li class="listing-row">
      <span class="listing-sign">
        <Icon ui={ui} name={signOf(chat)} />
      </span>
      <div>
        <h2 dir="auto">{name}</h2>
        <p dir="auto">{chat.topic || words.noTopic}</p>
        <div class="listing-note">
          {chat.me && (
            <span class="joined">
              <Icon ui={ui} name="check" />
              {channels.joined}
            </span>
          )}
          <span class="count">{members(chat.member_count)}</span>
          {chat.archived_at !== null && <span>{ui.t.sidebar.archived}</span>}
        </div>
      </div>
      {chat.me && (
        <Go class="button small quiet" to={`/chats/${chat.id}`} aria-label={channels.openNamed(name)}>
          {channels.open}
        </Go>
      )}
      {!chat.me && chat.archived_at === null && (
        <form {...send(`/chats/${chat.id}/join`, `join-${chat.id}`)}>
          <button class="button small" type="submit" aria-label={words.joinNamed(name)}>
            {words.join}
          </button>
        </form>
      )}
    </li>
  )
}
