import type { Locale } from './plural.ts'

/** Times as a person reads them. Every function takes RFC 3339, as it comes on the wire. */
export interface Dates {
  /** `09:41`. */
  time(at: string): string
  /** `21 November` this year, `21 November 2025` otherwise. */
  day(at: string): string
  /** Both: `21 November, 09:41`. */
  full(at: string): string
  /** As short as a list allows: the time today, a weekday this week, a date before. */
  short(at: string): string
}

const DAY = 86_400_000

/** `zone` is an IANA name; one the machine does not know counts as UTC. */
export function datesIn(locale: Locale, zone: string, now: () => number): Dates {
  const as = (form: Form, at: Date | number): string => formatOf(locale, zone, form).format(at)
  const isThisYear = (at: Date) => as('year', at) === as('year', now())
  const time = (at: string) => as('clock', new Date(at))
  const day = (at: string) => as(isThisYear(new Date(at)) ? 'monthDay' : 'wholeDay', new Date(at))
  return {
    time,
    day,
    full: (at) => `${day(at)}, ${time(at)}`,
    short: (raw) => {
      const at = new Date(raw)
      if (as('numeric', at) === as('numeric', now())) return as('clock', at)
      if (now() - at.getTime() < 6 * DAY) return as('weekday', at)
      return as(isThisYear(at) ? 'shortDay' : 'numeric', at)
    },
  }
}

const FORMS = {
  clock: { hour: '2-digit', minute: '2-digit' },
  monthDay: { day: 'numeric', month: 'long' },
  wholeDay: { day: 'numeric', month: 'long', year: 'numeric' },
  weekday: { weekday: 'short' },
  shortDay: { day: 'numeric', month: 'short' },
  numeric: { day: '2-digit', month: '2-digit', year: '2-digit' },
  year: { year: 'numeric' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

type Form = keyof typeof FORMS

/** Making one takes up to a millisecond and every page draws dates. Zones are what browsers say, so not for ever. */
const kept = new Map<string, Intl.DateTimeFormat>()
const MOST_KEPT = 2000

function formatOf(locale: Locale, zone: string, form: Form): Intl.DateTimeFormat {
  const key = `${locale} ${form} ${zone}`
  let format = kept.get(key)
  if (format !== undefined) return format
  // British English: 24 hours and the day before the month, as Russian has them anyway.
  const language = locale === 'en' ? 'en-GB' : locale
  format = new Intl.DateTimeFormat(language, { ...FORMS[form], timeZone: knownZone(zone) })
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, format)
  return format
}

function knownZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
