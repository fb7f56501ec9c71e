import type { MemberWire, MessageWire, SenderWire } from './wire.ts'

/** A word begun with @, from its place in the text. */
export interface Begun {
  from: number
  word: string
}

const BEGUN = /(?:^|[\s([{"'«])@([\p{L}\p{N}._-]{0,32})$/u

/** The mention that ends at the caret, if one was begun there. */
export function begunAt(text: string, caret: number): Begun | null {
  const word = BEGUN.exec(text.slice(0, caret))?.[1]
  return word === undefined ? null : { from: caret - word.length - 1, word: word.toLowerCase() }
}

const CYRILLIC = 'а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я'.split(' ')
const LATIN = 'a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya'.split(' ')

/** Both alphabets in one, so that "ан" finds Anna and "an" finds Анна. */
export const latin = (text: string): string =>
  text.toLowerCase().replace(/[а-яё]/g, (letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter)

/** How recently each spoke here: a greater number is later. */
export function recencyOf(rows: Iterable<MessageWire>): Map<string, number> {
  const last = new Map<string, number>()
  for (const { sender_id, seq } of rows) last.set(sender_id, Math.max(seq, last.get(sender_id) ?? 0))
  return last
}

/** Members whose name or username begins with the word, those who spoke here lately first. */
export function rankMembers(
  members: Iterable<MemberWire>,
  { word, recency, me }: { word: string; recency: ReadonlyMap<string, number>; me: string },
): SenderWire[] {
  const wanted = latin(word)
  const fits = ({ username, full_name }: SenderWire): boolean =>
    [username, ...full_name.split(/\s+/)].some((name) => latin(name).startsWith(wanted))
  const found = [...members].filter(({ left_at, user }) => left_at === null && user.id !== me && fits(user))
  const rank = (user: SenderWire): number => recency.get(user.id) ?? 0
  return found
    .map(({ user }) => user)
    .sort((a, b) => rank(b) - rank(a) || (a.full_name || a.username).localeCompare(b.full_name || b.username))
}

/** The text with the mention written out, and where the caret stands then. */
export function complete(
  text: string,
  caret: number,
  begun: Begun,
  name: string,
): { text: string; caret: number } {
  const after = text.slice(caret)
  const written = `${text.slice(0, begun.from)}@${name}${after.startsWith(' ') ? '' : ' '}`
  return { text: written + after, caret: written.length + (after.startsWith(' ') ? 1 : 0) }
}
