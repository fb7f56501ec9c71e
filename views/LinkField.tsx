/** @jsxImportSource hono/jsx */
import { Island } from './Island.tsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  url: string
  label: string
}

/** A link to be handed on. Without JavaScript it is copied from here. */
export const LinkField = ({ url, label }: Props) => (
  <div class="field">
    <input type="text" readonly value={url} aria-label={label} />
  </div>
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
}

/** A link that was just made: it is what everybody came for. */
export const LinkCard = ({ heading, lead, ...link }: CardProps) => (
  <section class="card invite" aria-labelledby="made">
    <div>
      <h2 id="made">{heading}</h2>
      <p>{lead}</p>
    </div>
    <div class="copy">
      <LinkField {...link} />
      <CopyLink {...link} />
    </div>
  </section>
)
