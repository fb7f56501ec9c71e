import type { Rendered } from './render.ts'

/** As a user name is made: `docs/protocol.md`. Not inside a word, an address or another name. */
const NAME = /(?<![\p{L}\p{N}_@/.-])@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)(?![\p{L}\p{N}])/giu

/** More than this a message does not name: each is looked up and told. */
const MAX_NAMES = 50

/** Marks each `@name` of a text that is escaped already, and collects the names in lower case. */
export function markNames(escaped: string, names: Set<string>): string {
  if (!escaped.includes('@')) return escaped
  return escaped.replace(NAME, (whole, name: string) => {
    const lower = name.toLowerCase()
    if (!names.has(lower) && names.size >= MAX_NAMES) return whole
    names.add(lower)
    return `<span class="mention" data-user="@${lower}">${whole}</span>`
  })
}

// Only we write tags: in the text of a message every `<` is escaped.
const MARKED = /<span class="mention" data-user="@([a-z0-9._-]+)">(@[^<]*)<\/span>/g

/** Puts the id of who is meant into each mark, and takes the mark from a name that means nobody here. */
export function targetNames(html: string, targets: ReadonlyMap<string, string>): string {
  return html.replace(MARKED, (_, name: string, text: string) => {
    const target = targets.get(name)
    return target === undefined ? text : `<span class="mention" data-user="${target}">${text}</span>`
  })
}

/** What is left of a text that could not be rendered: itself, and whom it names. */
export function plainOf(content: string): Rendered {
  const names = new Set<string>()
  markNames(content, names)
  return { html: null, names: [...names], bare: true }
}
