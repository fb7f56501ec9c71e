/** @jsxImportSource hono/jsx */
import type { OwnUserWire } from '../src/accounts/index.ts'
import { Avatar } from './Avatar.tsx'
import { Go } from './Go.tsx'
import { Icon, Mark } from './Icon.tsx'
import type { Ui } from './Ui.ts'

/** The parts of the app. */
export type Place = 'chats' | 'channels' | 'people' | 'settings'

interface Props {
  ui: Ui
  me: OwnUserWire
  place: Place
}

export function Rail({ ui, me, place }: Props) {
  const { nav } = ui.t
  const current = (here: Place) => (here === place ? { 'aria-current': 'page' as const } : {})
  const item = (here: Place, icon: string, label: string) => (
    <Go class="rail-item" to={here === 'chats' ? '/' : `/${here}`} {...current(here)}>
      <Icon ui={ui} name={icon} />
      <span class="rail-label">{label}</span>
    </Go>
  )
  return (
    <nav class="rail" id="rail" aria-label={nav.label}>
      <Go class="rail-home" to="/" aria-label={ui.t.team}>
        <Mark ui={ui} />
      </Go>
      {item('chats', 'chats', nav.chats)}
      {me.role !== 'guest' && item('channels', 'channel', nav.channels)}
      <span class="rail-gap"></span>
      {me.role !== 'guest' && item('people', 'people', nav.people)}
      <Go class="rail-item" to="/settings" {...current('settings')}>
        <Avatar person={me} size="small" />
        <span class="rail-label">{nav.you}</span>
      </Go>
    </nav>
  )
}
