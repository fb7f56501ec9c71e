/** The forms a language counts with. A text that lacks one does not compile. */
export interface Forms {
  en: 'one' | 'other'
  ru: 'one' | 'few' | 'many' | 'other'
}

export type Locale = keyof Forms

/** One text per form; `#` stands for the number, written as the language writes it. */
export type Counted<L extends Locale> = Record<Forms[L], string>

/** The forms of whichever language is spoken: for texts that travel as plain values. */
export type AnyCounted = { [L in Locale]: Counted<L> }[Locale]

/** `counting('ru')({one: '# гость', …})(3)` → `3 гостя`. */
export function counting<L extends Locale>(locale: L): (forms: Counted<L>) => (count: number) => string {
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  return (forms) => (count) =>
    (forms as Record<string, string>)[rules.select(count)]?.replaceAll('#', numbers.format(count)) ?? ''
}
