// How a person without a picture looks. Plain functions: the islands draw the same faces.

const HUES = 12

/** One of twelve hues, the same for a person everywhere and for ever. */
export function hueOf(id: string): number {
  let hash = 0
  for (let at = 0; at < id.length; at++) hash = (Math.imul(hash, 31) + id.charCodeAt(at)) >>> 0
  return (hash % HUES) + 1
}

const graphemes = new Intl.Segmenter()
const firstOf = (word: string): string =>
  graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? ''

/** `Lena Hartmann` → `LH`; one word gives one letter. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => firstOf(word ?? ''))
  return letters.join('').toLocaleUpperCase() || '?'
}
