import hljs from 'highlight.js/lib/common'
import type { Highlight } from './markup.ts'

/** The stylesheet knows four inks and a comment. */
const INKS: [ink: string, scopes: RegExp][] = [
  ['k', /^(keyword|built_in|type|literal|selector-tag|tag|name|meta|section|doctag|operator)/],
  ['s', /^(string|regexp|char|subst|attr|template-variable|link|addition|symbol)/],
  ['n', /^(number|variable\.constant|bullet|deletion)/],
  ['f', /^(title|function|class|property|selector|attribute)/],
]

const COMMENT = /^(comment|quote)/

/** Only a language that is named and known: guessing one costs as much as all of them. */
export const highlight: Highlight = (code, language) => {
  const known = hljs.getLanguage(language)
  if (known === undefined) return null
  const { value } = hljs.highlight(code, { language, ignoreIllegals: true })
  return { html: ink(value), label: known.name ?? language }
}

const TAG = /<span class="(?:hljs-)?([^"]*)">|<\/span>/g

/** highlight.js escapes the code and writes nothing but these spans: each becomes one of ours, or none. */
function ink(html: string): string {
  const open: string[] = []
  return html.replace(TAG, (_, scopes: string | undefined) => {
    if (scopes === undefined) return open.pop() ?? ''
    const [start, end] = tagsOf(scopes.replace(/_? /g, '.'))
    open.push(end)
    return start
  })
}

function tagsOf(scope: string): [start: string, end: string] {
  if (COMMENT.test(scope)) return ['<i>', '</i>']
  const inked = INKS.find(([, scopes]) => scopes.test(scope))
  return inked === undefined ? ['', ''] : [`<span class="${inked[0]}">`, '</span>']
}
