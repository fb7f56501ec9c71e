/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { LANGUAGES, LOCALES } from '../src/texts/index.ts'
import { Mark } from './Icon.tsx'
import { Layout } from './Layout.tsx'
import { Warren } from './Scene.tsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  title: string
  heading: string
  lead?: string | undefined
  children?: Child
}

/** A page for who is not in yet: one form, and a look into the warren. It needs no script. */
export const Door = ({ ui, title, heading, lead, children }: Props) => (
  <Layout ui={ui} title={title} scripts={false}>
    <div class="door">
      <div class="door-form">
        <header class="wordmark">
          <Mark ui={ui} />
          <span>Warren</span>
        </header>
        <main>
          <div>
            <h1 tabindex={-1}>{heading}</h1>
            {lead && <p>{lead}</p>}
          </div>
          {children}
        </main>
        <Languages ui={ui} />
      </div>
      <div class="door-scene">
        <Warren />
      </div>
    </div>
  </Layout>
)

/** Buttons, not links: the choice is kept, so it is made by a post. */
const Languages = ({ ui }: Pick<Props, 'ui'>) => (
  <form class="door-foot" method="post" action="/language" aria-label={ui.t.language}>
    <input type="hidden" name="back" value={ui.path} />
    {LOCALES.map((locale) => (
      <button
        type="submit"
        name="locale"
        value={locale}
        lang={locale}
        {...(locale === ui.locale ? { 'aria-current': 'true' } : {})}
      >
        {LANGUAGES[locale]}
      </button>
    ))}
  </form>
)
