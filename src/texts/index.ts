import { datesIn } from './dates.ts'
import { en, type Texts } from './en.ts'
import { type IslandTexts, islandsEn } from './islands.en.ts'
import { islandsRu } from './islands.ru.ts'
import type { Locale } from './plural.ts'
import { ru } from './ru.ts'

export type { Dates } from './dates.ts'
export { countIn, fill } from './fill.ts'
export { type MailText, type MailTexts, mailTexts } from './mail.ts'
export type { AnyCounted, Locale } from './plural.ts'
export { refusalText } from './refusals.ts'
export { datesIn, type IslandTexts, type Texts }

export const LOCALES = ['en', 'ru'] as const satisfies readonly Locale[]

/** How each language calls itself. */
export const LANGUAGES: Record<Locale, string> = { en: 'English', ru: 'Русский' }

/** Every sentence of the pages in one language. */
export const texts = (locale: Locale): Texts => ({ en, ru })[locale]

/** The sentences of the islands: plain values, to be handed to them as a property. */
export const islandTexts = (locale: Locale): IslandTexts => ({
  locale,
  ...{ en: islandsEn, ru: islandsRu }[locale],
})

export const isLocale = (text: unknown): text is Locale => LOCALES.some((locale) => locale === text)

/** The language somebody chose, else the one of ours that the browser likes best (RFC 9110, 12.5.4), else English. */
export function pickLocale(
  chosen: string | null | undefined,
  acceptLanguage: string | null | undefined,
): Locale {
  if (isLocale(chosen)) return chosen
  const liked = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().toLowerCase().split(';')
      const weight = rest
        .map((word) => /^\s*q=([\d.]+)$/.exec(word)?.[1])
        .find((found) => found !== undefined)
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ language, weight }) => isLocale(language) && weight > 0)
    .sort((one, other) => other.weight - one.weight)
  const best = liked[0]?.language
  return isLocale(best) ? best : 'en'
}
