import { latin } from './mention.ts'

/** How well a name fits what was typed: greater is better, 0 is not at all. Either alphabet finds either. */
export function fitOf(name: string, typed: string): number {
  const wanted = latin(typed.trim())
  if (wanted === '') return 1
  const known = latin(name)
  const at = known.indexOf(wanted)
  if (at === 0) return 100 - Math.min(50, known.length - wanted.length)
  if (at > 0) return /[\p{L}\p{N}]/u.test(known[at - 1] ?? '') ? 20 : 45
  return isSpread(known, wanted) ? 5 : 0
}

/** All letters in their order, others between them. */
function isSpread(known: string, wanted: string): boolean {
  let from = 0
  for (const letter of wanted) {
    from = known.indexOf(letter, from) + 1
    if (from === 0) return false
  }
  return true
}

/** The name before, at and after what was typed, to be marked. */
export function markedIn(name: string, typed: string): [string, string, string] {
  const at = name.toLowerCase().indexOf(typed.trim().toLowerCase())
  const end = at + typed.trim().length
  return at < 0 || typed.trim() === ''
    ? [name, '', '']
    : [name.slice(0, at), name.slice(at, end), name.slice(end)]
}
