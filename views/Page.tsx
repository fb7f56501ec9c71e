/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { Go } from './Go.tsx'
import { Icon } from './Icon.tsx'
import { Shell, type ShellProps } from './Shell.tsx'

interface Props extends Omit<ShellProps, 'view'> {
  /** A phone shows what stands beside the page instead: the settings as a list. */
  isBeside?: boolean
  heading?: string
  lead?: string | undefined
  /** Where the arrow of a phone leads; none where the bar below leads here. */
  back?: string
  /** The one thing to do here, beside the heading. */
  act?: Child
  narrow?: boolean
  children: Child
}

/** A page of its own in the middle: settings, lists, forms. */
export const Page = ({ isBeside, ...page }: Props) => {
  const { heading, lead, back, act, narrow, children, ...shell } = page
  return isBeside ? (
    <Shell {...shell} title={shell.ui.t.nav.settings} view="list">
      <section class="main" id="main" tabindex={-1} aria-labelledby="beside">
        <Inside {...page} title={<h2 id="beside">{heading ?? shell.title}</h2>} />
      </section>
    </Shell>
  ) : (
    <Shell {...shell} view="page">
      <main class="main" id="main" tabindex={-1}>
        <Inside {...page} title={<h1 tabindex={-1}>{heading ?? shell.title}</h1>} />
      </main>
    </Shell>
  )
}

const Inside = ({
  ui,
  title,
  lead,
  back,
  act,
  narrow,
  children,
}: Omit<Props, 'title'> & { title: Child }) => (
  <div class="scroll">
    <div class={`page${narrow ? ' page-narrow' : ''}`}>
      <header class="page-head">
        {back && (
          <Go class="icon-button back" to={back} aria-label={ui.t.back}>
            <Icon ui={ui} name="back" turns />
          </Go>
        )}
        <div>
          {title}
          {lead && <p>{lead}</p>}
        </div>
        {act}
      </header>
      {children}
    </div>
  </div>
)
