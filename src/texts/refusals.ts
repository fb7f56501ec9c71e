import type { Locale } from './plural.ts'
import { refusalsEn } from './refusals.en.ts'
import { refusalsRu } from './refusals.ru.ts'

/** What to say to a person for a `reason` on the wire. A reason without words gets the general ones. */
export function refusalText(locale: Locale, reason: string): string {
  const table: Record<string, string> = { en: refusalsEn, ru: refusalsRu }[locale]
  return Object.hasOwn(table, reason) ? (table[reason] ?? '') : (table.try_again ?? '')
}
