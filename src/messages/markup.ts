import MarkdownIt from 'markdown-it'
import { markNames } from './mentions.ts'
import type { Rendered } from './render.ts'

/** Colours a block of code: escaped HTML and the language's own name, or null for a language we do not know. */
export type Highlight = (code: string, language: string) => { html: string; label: string } | null

/**
 * Makes harmless HTML of a message. Nothing of the text becomes a tag or an attribute but the address of a link, and
 * that only with a scheme of the list (S-25, S-26).
 */
export function renderMarkup(content: string, highlight: Highlight | null): Rendered {
  const names = new Set<string>()
  const html = markdown.render(content, { names, highlight } satisfies Page).trimEnd()
  if (html.length > MAX_HTML) return { html: null, names: [...names], bare: true }
  const bare = html.replace(MARK_TAGS, '') === `<p>${escapeHtml(content).replaceAll('\n', '<br>\n')}</p>`
  return { html: bare && names.size === 0 ? null : html, names: [...names], bare }
}

/** Text can be written whose markup is many times its length; such a row would fit no answer (C11). */
const MAX_HTML = 48_000

interface Page {
  names: Set<string>
  highlight: Highlight | null
}

/** The renderer hands its page through untyped. */
const pageOf = (env: unknown) => env as Page

const MARK_TAGS = /<span class="mention"[^>]*>|<\/span>/g

const markdown = new MarkdownIt('default', { html: false, linkify: true, breaks: true, maxNesting: 20 })
const { escapeHtml } = markdown.utils

// A chat has no headings, tables or remote pictures; indented text is not meant as code.
markdown.disable([
  'table',
  'code',
  'heading',
  'lheading',
  'hr',
  'reference',
  'image',
  'html_block',
  'html_inline',
])
// `file.py` is no address: only what names its scheme, or an e-mail.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: true, fuzzyIP: false })

const ADDRESS = /^(?:https?:\/\/|mailto:)/i
markdown.validateLink = (url) => ADDRESS.test(url)

const { rules } = markdown.renderer

rules.link_open = (tokens, at) => {
  const href = escapeHtml(String(tokens[at]?.attrGet('href') ?? ''))
  return `<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">`
}

rules.text = (tokens, at, _options, page) => {
  const text = escapeHtml(tokens[at]?.content ?? '')
  // The text of an address that linked itself names nobody.
  return tokens[at - 1]?.info === 'auto' ? text : markNames(text, pageOf(page).names)
}

rules.fence = (tokens, at, _options, page) => {
  const { info = '', content = '' } = tokens[at] ?? {}
  const language = LANGUAGE.exec(info.trim())?.[0] ?? ''
  const coloured =
    language !== '' && content.length <= MAX_HIGHLIGHTED ? pageOf(page).highlight?.(content, language) : null
  const label = escapeHtml(coloured?.label ?? language)
  const code = coloured?.html ?? escapeHtml(content)
  return `<figure class="code"><figcaption>${label}</figcaption><pre tabindex="0"><code>${code}</code></pre></figure>\n`
}

const LANGUAGE = /^[\w+#.-]{1,32}/
const MAX_HIGHLIGHTED = 5_000
