/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { Go } from './Go.tsx'
import { Icon } from './Icon.tsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  icon: string
  label: string
}

interface LinkProps extends Props {
  to: string
  isHere?: boolean
  /** Not this page, but what a desk shows beside it; a phone has no room for that. */
  isBeside?: boolean
  /** At the far end: a count. */
  end?: Child
}

/** A row that leads somewhere: of settings, of what can be done about a chat. */
export const RowLink = ({ ui, icon, label, to, isHere, isBeside, end }: LinkProps) => (
  <li>
    <Go
      class={isBeside ? 'sidebar-row beside' : 'sidebar-row'}
      to={to}
      {...(isHere ? { 'aria-current': 'page' as const } : {})}
    >
      <Face ui={ui} icon={icon} label={label} />
      {end !== undefined && <span class="row-end count">{end}</span>}
    </Go>
  </li>
)

/** The same, as the button of the form it stands in. */
export const RowButton = (props: Props) => (
  <button class="sidebar-row" type="submit">
    <Face {...props} />
  </button>
)

const Face = ({ ui, icon, label }: Props) => (
  <>
    <span class="row-icon">
      <Icon ui={ui} name={icon} />
    </span>
    <span class="row-name">{label}</span>
  </>
)
