/** @jsxImportSource hono/jsx */
import type { OwnUserWire } from '../../src/accounts/index.ts'
import { Go } from '../Go.tsx'
import { Icon } from '../Icon.tsx'
import { RowButton, RowLink } from '../RowLink.tsx'
import type { Ui } from '../Ui.ts'

interface Props {
  ui: Ui
  me: OwnUserWire
  /** On a phone they are a page of their own; beside them a desk shows the first. */
  isMain: boolean
}

const isManager = (me: OwnUserWire): boolean => me.role === 'admin' || me.role === 'owner'

/** The settings in the place of the sidebar: what is yours, then what is everybody's. */
export const SettingsNav = ({ ui, me, isMain }: Props) =>
  isMain ? (
    <main class="sidebar" id="settings-nav" aria-label={ui.t.nav.settings}>
      <Inside ui={ui} me={me} isMain />
    </main>
  ) : (
    <nav class="sidebar" id="settings-nav" aria-label={ui.t.nav.settings}>
      <Inside ui={ui} me={me} isMain={false} />
    </nav>
  )

function Inside({ ui, me, isMain }: Props) {
  const { nav } = ui.t
  const here = ui.path.split('?')[0]
  const row = (to: string, icon: string, label: string) => (
    <RowLink
      ui={ui}
      to={to}
      icon={icon}
      label={label}
      isHere={to === here}
      isBeside={isMain && to === '/settings/profile'}
    />
  )
  return (
    <>
      <div class="sidebar-head">
        <Go class="icon-button" to="/" aria-label={ui.t.backToChats}>
          <Icon ui={ui} name="back" turns />
        </Go>
        {isMain ? (
          <h1 class="sidebar-team" tabindex={-1}>
            {nav.settings}
          </h1>
        ) : (
          <strong class="sidebar-team">{nav.settings}</strong>
        )}
      </div>
      <div class="scroll sidebar-body">
        <section>
          <h2 class="sidebar-title">{nav.you}</h2>
          <ul>
            {row('/settings/profile', 'person', nav.profile)}
            {row('/settings/appearance', 'theme', nav.appearance)}
            {row('/settings/account', 'key', nav.account)}
          </ul>
        </section>
        {me.role !== 'guest' && (
          <section>
            <h2 class="sidebar-title">{ui.t.team}</h2>
            <ul>
              {row('/people', 'people', nav.people)}
              {isManager(me) && row('/people/invites', 'link', nav.invites)}
            </ul>
          </section>
        )}
        <form class="sidebar-out" method="post" action="/logout">
          <RowButton ui={ui} icon="leave" label={nav.signOut} />
        </form>
      </div>
    </>
  )
}
