/** @jsxImportSource hono/jsx */
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Ui } from './Ui.ts'

interface Props {
  ui: Ui
  title: string
  /** Pages before one is in need no script at all. */
  scripts: boolean
  children: Child
}

const VIEWPORT = 'width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content'

/** Latin letters stand on every page; a Russian one starts to fetch its own as early. */
const FACES = { en: ['latin'], ru: ['cyrillic', 'latin'] } as const

/** The whole document, doctype included: without it the browser falls back to 1998. */
export const Layout = ({ ui, title, scripts, children }: Props) => (
  <>
    {raw('<!doctype html>')}
    <html
      lang={ui.locale}
      data-theme={ui.theme === 'system' ? undefined : ui.theme}
      data-density={ui.density === 'compact' ? 'compact' : undefined}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content={VIEWPORT} />
        <meta name="color-scheme" content={ui.theme === 'system' ? 'light dark' : ui.theme} />
        <title>{title === ui.t.team ? title : `${title} · ${ui.t.team}`}</title>
        <link rel="icon" href={ui.asset('mark.svg')} type="image/svg+xml" />
        {FACES[ui.locale].map((letters) => (
          <link
            rel="preload"
            href={ui.asset(`fonts/inter-${letters}-wght-normal.woff2`)}
            as="font"
            type="font/woff2"
            crossorigin=""
          />
        ))}
        <link rel="stylesheet" href={ui.asset('app.css')} />
        {scripts && (
          <>
            {/* A conversation stands at its end: shown while it still arrives, it would be pushed up line by line. */}
            <link rel="expect" href="#app" blocking="render" />
            <script type="module" src={ui.asset('client.js')}></script>
            <script type="module" src={ui.asset('htmx.js')}></script>
          </>
        )}
      </head>
      <body>{children}</body>
    </html>
  </>
)
