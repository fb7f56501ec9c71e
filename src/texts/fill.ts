import type { AnyCounted, Locale } from './plural.ts'

/** `fill('{a} and {b}', {a: 'Ann', b: 'Bo'})` → `Ann and Bo`. For texts that travel as plain values. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))

/** The form for this number, with the number in it. */
export function countIn(locale: Locale, forms: AnyCounted, count: number): string {
  const form = new Intl.PluralRules(locale).select(count)
  const number = new Intl.NumberFormat(locale).format(count)
  return ((forms as Record<string, string>)[form] ?? '').replaceAll('#', number)
}
