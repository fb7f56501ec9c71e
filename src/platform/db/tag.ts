import type { Fragment, Span, Value } from './db.ts'

const NOTHING: Fragment = { values: [null] }

/** Made here and nowhere else: what looks like one in an input is not. */
const words = new WeakSet<object>()

/** A word of the dialect, spliced as it stands. */
export function word(text: string): Fragment {
  const made = { values: [], word: text }
  words.add(made)
  return made
}

/** Where a dialect has no such word. */
export const NO_WORD = word('')

export const list = (values: readonly Value[]): Fragment =>
  values.length === 0 ? NOTHING : { values: pad(values) }

/** Each is one text, or as many of them as all the others. */
export function rows(values: readonly (string | readonly string[])[]): Fragment {
  const [first] = values
  return { values: pad(values).flat(), columns: Array.isArray(first) ? first.length : 1 }
}

export const spans = (values: readonly Span[]): Fragment => ({
  values: pad(values.length === 0 ? [NOWHERE] : values).flat(),
  isSpans: true,
})

const NOWHERE: Span = ['' as Span[0], 0, 0]

/** Padded to a power of two by repeating its last value: the set of statements stays small, the meaning the same. */
function pad<T>(values: readonly T[]): readonly T[] {
  let size = 1
  while (size < values.length) size *= 2
  if (size === values.length) return values

  const padded = values.slice()
  const last = padded[padded.length - 1] as T
  while (padded.length < size) padded.push(last)
  return padded
}

/** Throws on what no database should be asked to guess about; says whether a list is among the values. */
export function holdsList(values: readonly (Value | Fragment)[]): boolean {
  let found = false
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'string' || value === null) continue
    if (typeof value === 'number' && !Number.isNaN(value)) continue
    if (value instanceof Uint8Array) continue
    if (!isFragment(value) || (value.word !== undefined && !words.has(value)))
      throw new TypeError(`value ${i + 1} of a statement is ${nameOf(value)}`)
    holdsList(value.values)
    found = true
  }
  return found
}

/** Which statement of a template it is: the sizes of its lists. */
export function shapeOf(values: readonly (Value | Fragment)[]): string {
  let shape = ''
  for (const value of values) if (isFragment(value)) shape += `${value.values.length},`
  return shape
}

export function flatten(values: readonly (Value | Fragment)[]): Value[] {
  const flat: Value[] = []
  for (const value of values) {
    if (isFragment(value)) flat.push(...value.values)
    else flat.push(value)
  }
  return flat
}

/** The text of a statement; `mark` spells the n-th parameter (from 1) in the dialect. */
export function spell(
  strings: readonly string[],
  values: readonly (Value | Fragment)[],
  mark: (n: number) => string,
): string {
  let text = strings[0] ?? ''
  let n = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Value | Fragment
    if (!isFragment(value)) text += mark(++n)
    else if (value.isSpans) text += `(${spellSpans(value, () => mark(++n))})`
    else if (value.columns !== undefined) text += `(values ${spellRows(value, () => mark(++n))})`
    else text += value.word ?? `(${value.values.map(() => mark(++n)).join(', ')})`
    text += strings[i + 1] ?? ''
  }
  return text
}

function spellRows({ values, columns = 1 }: Fragment, next: () => string): string {
  const rows: string[] = []
  for (let at = 0; at < values.length; at += columns)
    rows.push(`(${Array.from({ length: columns }, next).join(', ')})`)
  return rows.join(', ')
}

/** Each by itself: of a join with them PostgreSQL may believe that going through the whole table is cheaper. */
const spellSpans = ({ values }: Fragment, next: () => string): string =>
  Array.from(
    { length: values.length / 3 },
    () => `(chat_id = ${next()} and rev > ${next()} and rev <= ${next()})`,
  ).join(' or ')

function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && Array.isArray((value as Fragment).values)
}

const nameOf = (value: unknown) =>
  typeof value === 'object' ? 'an object' : value === undefined ? 'undefined' : `a ${typeof value} (${value})`
