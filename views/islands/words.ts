import { type Dates, datesIn } from '../../src/texts/dates.ts'
import { countIn, fill } from '../../src/texts/fill.ts'
import type { AnyCounted, IslandTexts, Locale } from '../../src/texts/index.ts'

// A browser fetches the words of its page's language only, as a chunk; a server loads all of them, once.
type Words = Omit<IslandTexts, 'locale'>

const loaded = new Map<Locale, Words>()

const LOADERS = {
  en: async () => (await import('../../src/texts/islands.en.ts')).islandsEn,
  ru: async () => (await import('../../src/texts/islands.ru.ts')).islandsRu,
}

/** Fetched when something is refused for the first time: most pages never need them. */
const REFUSALS: Record<Locale, () => Promise<Record<string, string>>> = {
  en: async () => (await import('../../src/texts/refusals.en.ts')).refusalsEn,
  ru: async () => (await import('../../src/texts/refusals.ru.ts')).refusalsRu,
}

/** Before an island is drawn: its words are read without waiting from then on. */
export async function loadWords(): Promise<void> {
  const all = Object.keys(LOADERS) as Locale[]
  const wanted =
    typeof document === 'undefined' ? all : all.filter((one) => one === document.documentElement.lang)
  for (const locale of wanted.length > 0 ? wanted : (['en'] as const))
    if (!loaded.has(locale)) loaded.set(locale, await LOADERS[locale]())
}

function wordsIn(locale: Locale): Words {
  const found = loaded.get(locale) ?? [...loaded.values()][0]
  if (found === undefined) throw new Error('no words yet: loadWords() comes first')
  return found
}

/** What to say about a refusal; of anything else, that it did not work. */
async function explainIn(locale: Locale, reason: string | null): Promise<string> {
  const table = reason === null ? {} : await REFUSALS[locale]().catch(() => ({}))
  return new Map(Object.entries(table)).get(reason ?? '') ?? wordsIn(locale).error.general
}

/** Everything to say something with, in one language and zone. */
export interface Speech {
  words: Words
  dates: Dates
  locale: Locale
  fill: typeof fill
  count(forms: AnyCounted, number: number): string
  /** In words, why the node refused something; null for what was no refusal. */
  explain(reason: string | null): Promise<string>
  /** `2026-11-20`: the day as it is there, to compare and to stand in `datetime`. */
  dayOf(at: string): string
}

/** `now` is asked whenever "today" or "this year" matters. */
export function speechIn(locale: Locale, zone: string, now: () => number): Speech {
  const words = wordsIn(locale)
  const days = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  const dayOf = (at: string): string => days.format(new Date(at))
  return {
    words,
    dates: datesIn(locale, zone, now),
    locale,
    fill,
    count: (forms, number) => countIn(locale, forms, number),
    explain: (reason) => explainIn(locale, reason),
    dayOf,
  }
}
