import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Bun's own style bundler is not used: it rewrites light-dark(), refuses container style queries it does not know
// and puts fonts into the sheet as data: URLs, which the content policy forbids (docs/decisions/0002).

const IMPORT = /@import\s+(?:url\()?["']([^"']+)["']\)?\s*(?:layer\(([\w.-]+)\))?\s*;/g
const URL_CALL = /url\(\s*["']?([^"')]+)["']?\s*\)/g
const STRING_OR_COMMENT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\//g

/** One sheet out of an entry and what it imports; every relative `url()` becomes what `rename` says. */
export function joinCss(file: string, rename: (path: string) => string): string {
  const here = dirname(file)
  const source = dropComments(readFileSync(file, 'utf8'))
  const withUrls = source.replace(URL_CALL, (call, to: string) =>
    /^(data:|https?:|#|\/)/.test(to) || to.endsWith('.css') ? call : `url(${rename(join(here, to))})`,
  )
  return withUrls.replace(IMPORT, (_, to: string, layer?: string) => {
    const sheet = joinCss(join(here, to), rename)
    return layer === undefined ? sheet : `@layer ${layer}{${sheet}}`
  })
}

const dropComments = (css: string) =>
  css.replace(STRING_OR_COMMENT, (part) => (part.startsWith('/*') ? '' : part))

/** Takes out the white space that means nothing. That between selectors and inside calc() does, and stays. */
export function minifyCss(css: string): string {
  const strings: string[] = []
  return dropComments(css)
    .replace(STRING_OR_COMMENT, (text) => `\0${strings.push(text) - 1}\0`)
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/;}/g, '}')
    .replace(/\0(\d+)\0/g, (_, index: string) => strings[Number(index)] ?? '')
    .trim()
}
