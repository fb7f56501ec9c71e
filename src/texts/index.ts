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

const isLocale = (text: unknown): text is Locale => LOCALES.some((locale) => locale === text)

/** Which of our languages a tag such as `ru-RU` means; null for none of them. */
export function languageOf(tag: string | null | undefined): Locale | null {
  const language = tag?.toLowerCase().split('-')[0]
  return isLocale(language) ? language : null
}

/** The language for somebody: the one they chose, else the only one that the node speaks, else as their browser likes. */
export const localeFor = (
  chosen: string | null | undefined,
  ofNode: Locale | 'auto',
  acceptLanguage?: string | null,
): Locale => languageOf(chosen) ?? (ofNode === 'auto' ? pickLocale(null, acceptLanguage) : ofNode)

/** The language somebody chose, else the one of ours that the browser likes best (RFC 9110, 12.5.4), else English. */
export function pickLocale(
  chosen: string | null | undefined,
  acceptLanguage: string | null | undefined,
): Locale {
  const known = languageOf(chosen)
  if (known !== null) return known
  const liked = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().toLowerCase().split(';')
      const weight = rest
        .map((word) => /^\s*q=([\d.]+)$/.exec(word)?.[1])
        .find((found) => found !== undefined)
      return { language: languageOf(tag), weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ language, weight }) => language !== null && weight > 0)
    .sort((one, other) => other.weight - one.weight)
  return liked[0]?.language ?? 'en'
}
