/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { Island } from './Island.tsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  url: string
  label: string
}

/** A link to be handed on, whole: without JavaScript it is copied from here, and one touch marks all of it. */
export const LinkText = ({ url, label }: Omit<Props, 'ui'>) => (
  <p class="link-text">
    <span class="hidden-text">{label}: </span>
    <code dir="ltr">{url}</code>
  </p>
)

export const CopyLink = ({ ui, url }: Omit<Props, 'label'>) => (
  <Island
    name="Copy"
    props={{ text: url, label: ui.t.invites.copy, done: ui.t.invites.copied, icons: ui.asset('icons.svg') }}
  />
)

interface CardProps extends Props {
  heading: string
  lead: string
  /** What else is to be known before it is handed on. */
  children?: Child
  /** What else can be done with it. */
  tools?: Child
}

/** A link that was just made: it is what everybody came for. */
export const LinkCard = ({ heading, lead, children, tools, ...link }: CardProps) => (
  <section class="card invite" aria-labelledby="made">
    <div>
      <h2 id="made">{heading}</h2>
      <p>{lead}</p>
      {children}
    </div>
    <div class="copy">
      <LinkText url={link.url} label={link.label} />
      <CopyLink {...link} />
      {tools}
    </div>
  </section>
)
