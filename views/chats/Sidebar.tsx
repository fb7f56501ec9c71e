/** @jsxImportSource hono/jsx */
import type { OwnUserWire } from '../../src/accounts/index.ts'
import type { ChatWire } from '../../src/chats/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { Island } from '../Island.tsx'
import type { SidebarSection } from '../islands/props.ts'
import { placeOf } from '../place.ts'
import type { Ui } from '../Ui.ts'

interface Props {
  ui: Ui
  chats: readonly ChatWire[]
  me: OwnUserWire
  /** The chat that is open. */
  openId?: string | undefined
  /** On the list itself the sidebar is what the page is about. */
  isMain: boolean
}

/** The list of chats. Its rows are an island: they follow what happens while the page stands. */
export function Sidebar({ ui, isMain, ...rest }: Props) {
  const { label } = ui.t.sidebar
  const inside = <Inside ui={ui} isMain={isMain} {...rest} />
  return isMain ? (
    <main class="sidebar" id="sidebar" aria-label={label}>
      {inside}
    </main>
  ) : (
    <nav class="sidebar" id="sidebar" aria-label={label}>
      {inside}
    </nav>
  )
}

const Inside = ({ ui, chats, me, openId, isMain }: Props) => (
  <>
    {isMain && (
      <h1 class="hidden-text" tabindex={-1}>
        {ui.t.sidebar.label}
      </h1>
    )}
    <div class="sidebar-head">
      <strong class="sidebar-team">{ui.t.team}</strong>
      <Go class="icon-button" to="/chats/new" aria-label={ui.t.sidebar.newMessage}>
        <Icon ui={ui} name="compose" />
      </Go>
    </div>
    {/* Without JavaScript a page on which people are found; with it the switcher, which finds chats too. */}
    <a class="sidebar-jump" href="/chats/new" data-switcher="">
      <Icon ui={ui} name="search" small />
      <span>{ui.t.sidebar.jump}</span>
      <kbd>{ui.isApple ? '⌘K' : 'Ctrl K'}</kbd>
    </a>
    <div class="scroll sidebar-body">
      <Island
        name="Sidebar"
        props={{
          place: placeOf(ui, me),
          chats: [...chats],
          current: openId ?? null,
          sections: sectionsFor(ui, me.role === 'guest'),
        }}
      />
    </div>
  </>
)

/** Guests make no channels. */
function sectionsFor({ t }: Ui, isGuest: boolean): SidebarSection[] {
  const add = (kind: string, label: string) => ({
    to: `/chats/new?kind=${kind}`,
    label: `${t.create.title}: ${label}`,
  })
  return [
    { kind: 'channel', title: t.sidebar.channels, add: isGuest ? null : add('channel', t.create.channel) },
    { kind: 'group', title: t.sidebar.groups, add: null },
    { kind: 'direct', title: t.sidebar.directs, add: add('direct', t.create.direct) },
  ]
}
