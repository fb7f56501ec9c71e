/** @jsxImportSource hono/jsx */
import { Go } from '../Go.tsx'
import { Burrow } from '../Scene.tsx'
import type { Ui } from '../Ui.ts'

interface Props {
  ui: Ui
  hasChats: boolean
  isGuest: boolean
}

/** The middle while no chat is open. */
export const Rest = ({ ui, hasChats, isGuest }: Props) => (
  <section class="main" id="main" tabindex={-1} aria-label={ui.t.rest.label}>
    <div class="empty centre rest">
      <Burrow />
      <h2>{hasChats ? ui.t.rest.heading : ui.t.rest.emptyHeading}</h2>
      <p>{hasChats ? ui.t.rest.lead : ui.t.rest.emptyLead}</p>
      <div class="line">
        {!isGuest && (
          <Go class="button" to="/channels">
            {ui.t.sidebar.browse}
          </Go>
        )}
        <Go class="button" to="/chats/new">
          {ui.t.sidebar.newMessage}
        </Go>
      </div>
    </div>
  </section>
)
