/** @jsxImportSource hono/jsx */
import type { Code } from '../src/platform/errors.ts'
import { Door } from './Door.tsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  code: Code
  /** What exactly was refused, in words; none for a bug. */
  refused?: string
  requestId: string
}

/** A page instead of a page: what is wrong in human words, and a way out. */
export const ErrorPage = ({ ui, code, refused, requestId }: Props) => {
  const { heading, lead } = wordsFor(ui, code, refused)
  return (
    <Door ui={ui} title={ui.t.error.title} heading={heading} lead={lead}>
      {code === 'internal' && (
        <p>
          <code>{requestId}</code>
        </p>
      )}
      <a class="button primary wide" href="/">
        {ui.t.error.home}
      </a>
    </Door>
  )
}

function wordsFor({ t }: Ui, code: Code, refused?: string): { heading: string; lead: string | undefined } {
  if (code === 'not_found') return { heading: t.error.notFound, lead: t.error.notFoundLead }
  if (code === 'forbidden' || code === 'unauthenticated') return { heading: t.error.forbidden, lead: refused }
  if (code === 'rate_limited') return { heading: t.error.tooMany, lead: t.error.tooManyLead }
  if (code === 'unavailable') return { heading: t.error.unavailable, lead: refused }
  if (code === 'internal') return { heading: t.error.internal, lead: t.error.internalLead }
  return { heading: t.error.title, lead: refused }
}
