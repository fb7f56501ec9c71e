import type { AssetUrl } from '../src/platform/http/assets.ts'
import type { Dates, Locale, Texts } from '../src/texts/index.ts'

/** What every view is given: the words, and how this person wants things to look. */
export interface Ui {
  t: Texts
  locale: Locale
  dates: Dates
  /** The viewer's IANA time zone, as their browser said; UTC before it did. */
  zone: string
  /** When the page is drawn, RFC 3339. */
  now: string
  asset: AssetUrl
  theme: 'system' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  /** Their keyboard has ⌘ where others have Ctrl. */
  isApple: boolean
  /** The path and query of this page: where a form comes back to, and what a change of language reloads. */
  path: string
}

/** What a form says about what was sent: one text for the whole, one per field. Nothing of it is set on a first visit. */
export interface FormState<Field extends string = string> {
  values?: Partial<Record<Field, string>>
  wrong?: Partial<Record<Field, string>>
  /** The first field to be mended: the page comes back with the cursor in it. */
  focus?: Field
  /** Why it was refused, where no field is to blame. */
  refused?: string
}
