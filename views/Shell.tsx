/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { OwnUserWire } from '../src/accounts/index.ts'
import type { ChatWire } from '../src/chats/index.ts'
import { Sidebar } from './chats/Sidebar.tsx'
import { Island } from './Island.tsx'
import { Layout } from './Layout.tsx'
import { placeOf } from './place.ts'
import { type Place, Rail } from './Rail.tsx'
import { SettingsNav } from './settings/SettingsNav.tsx'
import type { Ui } from './Ui.ts'

export interface ShellProps {
  ui: Ui
  me: OwnUserWire
  place: Place
  title: string
  /** Which screen a phone shows: it has room for one. */
  view: 'list' | 'chat' | 'panel' | 'page'
  /** For the sidebar; settings have their own. */
  chats: readonly ChatWire[]
  openId?: string | undefined
}

interface Props extends ShellProps {
  /** The conversation or the page. Its outermost element is `#main`. */
  children: Child
  /** Beside it: `<aside class="panel" id="panel">`. */
  panel?: Child
}

/** Where the settings stand in the place of the chats. */
const hasSettingsNav = (place: Place): boolean => place === 'settings' || place === 'people'

/** Everything a signed-in person sees: rail, sidebar, what they came for, and a panel beside it. */
export const Shell = ({ ui, me, place, title, view, chats, openId, children, panel }: Props) => (
  <Layout ui={ui} title={title} scripts>
    <nav aria-label={ui.t.skip}>
      <a class="skip" href="#main">
        {ui.t.skip}
      </a>
      {chats.some((chat) => chat.id === openId && chat.archived_at === null) && (
        <a class="skip" href="#message-field">
          {ui.t.skipToMessage}
        </a>
      )}
    </nav>
    <div class="app" id="app" data-view={view} hx-history-elt="">
      <Rail ui={ui} me={me} place={place} />
      {hasSettingsNav(place) ? (
        <SettingsNav ui={ui} me={me} isMain={view === 'list'} />
      ) : (
        <Sidebar ui={ui} chats={chats} me={me} openId={openId} isMain={view === 'list'} />
      )}
      {children}
      {panel}
    </div>
    <Island
      name="Shell"
      props={{
        place: placeOf(ui, me),
        chats: hasSettingsNav(place) ? [...chats] : null,
        signInUrl: '/login',
        team: ui.t.team,
      }}
    />
  </Layout>
)
