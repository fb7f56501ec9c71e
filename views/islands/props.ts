// What the page edges give to each island. Plain values: it travels as JSON in an attribute.
import type { ChatWire, HistoryPage, MemberWire, SenderWire, UserWire } from '../../src/client/wire.ts'
import type { Locale } from '../../src/texts/index.ts'

/** What every island needs to know of the page it stands on. */
export interface Place {
  me: SenderWire
  locale: Locale
  /** The viewer's IANA time zone, from the cookie `tz` that the browser sets; 'UTC' without it. */
  zone: string
  /** When the page was rendered, RFC 3339: "today" is the same on both sides. */
  now: string
  /** Address of the icon sprite, as the manifest names it. */
  icons: string
}

/** Once per page, outside what htmx swaps: the connection, the announcers, toasts, keys and the switcher. */
export interface ShellProps {
  place: Place
  /** All chats of the viewer: the store starts with them. Null where a sidebar carries them already. */
  chats: ChatWire[] | null
  signInUrl: string
  /** For the title: "(3) general — Larkfield". */
  team: string
}

/** The lists inside `.sidebar-body`. It survives swaps: the current chat is read from the store. */
export interface SidebarProps {
  place: Place
  chats: ChatWire[]
  /** The chat on the screen when the page was rendered. */
  current: string | null
  /** The lists in their order; a list that is empty and can't be added to is left out. */
  sections: SidebarSection[]
}

export interface SidebarSection {
  kind: 'channel' | 'group' | 'direct'
  title: string
  /** Where one is made, and what the link is called; guests make none. */
  add: { to: string; label: string } | null
}

/** From under `.chat-head` to above `.chat-foot`: connection bar, timeline, the way to the latest. */
export interface TimelineProps {
  place: Place
  /** With `me`; only members see a timeline. */
  chat: ChatWire
  /** The newest page, or the one around the first unread or a linked message. */
  page: HistoryPage
  members: MemberWire[]
  /** A message whose surroundings were asked for: it is shown and flashed, and nothing is marked as read by it. */
  focus: string | null
}

/** Inside `.chat-foot`: who types, and the form. Without JavaScript a plain form that posts. */
export interface ComposerProps {
  place: Place
  chat: ChatWire
  members: MemberWire[]
  /** A fresh UUID: a form sent twice is one message. */
  clientId: string
  /** What came back, sent by the plain form and refused: the text, and why. */
  refused?: { text: string; why: string }
}

/** `GET /api/users` and `/api/channels`, as far as the switcher reads them. */
export interface Found {
  people: UserWire[]
  channels: ChatWire[]
}
